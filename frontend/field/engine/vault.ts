/**
 * What lies on the phone is sealed with AES-256-GCM by a key made on the phone. With a PIN the key itself is only there wrapped: by the
 * PIN, and by the password of the account for who forgets it. Six digits stop a curious finder, not somebody who copies the
 * storage and tries them all; the honest words for people are in docs/handbook/field.md.
 */

export const ROUNDS = 600_000; // OWASP's figure for PBKDF2 with SHA-256

export interface Sealed {
  iv: Uint8Array<ArrayBuffer>;
  data: ArrayBuffer;
}

export interface Wrapped extends Sealed {
  salt: Uint8Array<ArrayBuffer>;
  rounds: number;
}

/** Not the key's secret. */
export class WrongSecret extends Error {}

export function newKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, true, ['encrypt', 'decrypt']);
}

export async function wrap(key: CryptoKey, secret: string, rounds: number = ROUNDS): Promise<Wrapped> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const outer = await keyOf(secret, salt, rounds);
  return { salt, rounds, iv, data: await crypto.subtle.wrapKey('raw', key, outer, { name: 'AES-GCM', iv }) };
}

export async function unwrap(wrapped: Wrapped, secret: string): Promise<CryptoKey> {
  const outer = await keyOf(secret, wrapped.salt, wrapped.rounds);
  try {
    return await crypto.subtle.unwrapKey('raw', wrapped.data, outer, { name: 'AES-GCM', iv: wrapped.iv }, { name: 'AES-GCM' }, true, [
      'encrypt', 'decrypt',
    ]);
  } catch {
    throw new WrongSecret();
  }
}

/** `place` is bound to the content: what is sealed for one row opens in no other. */
export async function seal(key: CryptoKey, bytes: Uint8Array<ArrayBuffer>, place: string): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, data: await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: text(place) }, key, bytes) };
}

export async function open(key: CryptoKey, sealed: Sealed, place: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv: sealed.iv, additionalData: text(place) }, key, sealed.data));
}

export async function sealJson(key: CryptoKey, value: unknown, place: string): Promise<Sealed> {
  return seal(key, text(JSON.stringify(value)), place);
}

export async function openJson<T>(key: CryptoKey, sealed: Sealed, place: string): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await open(key, sealed, place))) as T;
}

function text(value: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(value);
}

async function keyOf(secret: string, salt: Uint8Array<ArrayBuffer>, rounds: number): Promise<CryptoKey> {
  const raw = await crypto.subtle.importKey('raw', text(secret), 'PBKDF2', false, ['deriveKey']);
  return crypto.subtle.deriveKey({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations: rounds }, raw, { name: 'AES-GCM', length: 256 }, false, [
    'encrypt', 'decrypt', 'wrapKey', 'unwrapKey',
  ]);
}

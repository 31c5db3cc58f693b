/** The queue as one encrypted file, and back: for a phone that breaks before it finds a network. */
import type { Attachment, Held } from './operations.ts';
import { newKey, open, seal, unwrap, wrap } from './vault.ts';

interface Parcel {
  product: 'shibaiqian-queue';
  version: 1;
  salt: string;
  rounds: number;
  keyIv: string;
  key: string;
  iv: string;
  data: string;
}

export interface Contents {
  account: string;
  records: Held[];
  photos: { sha256: string; type: string; bytes: string }[];
}

export class NotAParcel extends Error {}

export async function packed(account: string, records: Held[], photos: Attachment[], secret: string): Promise<string> {
  const contents: Contents = {
    account, records, photos: photos.map((photo) => ({ sha256: photo.sha256, type: photo.type, bytes: base64(photo.bytes) })),
  };
  const key = await newKey();
  const wrapped = await wrap(key, secret);
  const sealed = await seal(key, new TextEncoder().encode(JSON.stringify(contents)), 'parcel');
  const parcel: Parcel = {
    product: 'shibaiqian-queue', version: 1, salt: base64(wrapped.salt), rounds: wrapped.rounds, keyIv: base64(wrapped.iv),
    key: base64(new Uint8Array(wrapped.data)), iv: base64(sealed.iv), data: base64(new Uint8Array(sealed.data)),
  };
  return JSON.stringify(parcel);
}

/** Throws `WrongSecret` for another word, `NotAParcel` for another file. */
export async function unpacked(text: string, secret: string): Promise<Contents> {
  let parcel: Parcel;
  try {
    parcel = JSON.parse(text);
  } catch {
    throw new NotAParcel();
  }
  if (parcel?.product !== 'shibaiqian-queue' || parcel.version !== 1) throw new NotAParcel();
  const rounds = Math.min(Number(parcel.rounds) || 0, 5_000_000);
  const key = await unwrap({ salt: bytes(parcel.salt), rounds, iv: bytes(parcel.keyIv), data: bytes(parcel.key).buffer }, secret);
  const plain = await open(key, { iv: bytes(parcel.iv), data: bytes(parcel.data).buffer }, 'parcel');
  return JSON.parse(new TextDecoder().decode(plain)) as Contents;
}

export function base64(data: Uint8Array): string {
  let text = '';
  for (let at = 0; at < data.length; at += 0x8000) text += String.fromCharCode(...data.subarray(at, at + 0x8000));
  return btoa(text);
}

export function bytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

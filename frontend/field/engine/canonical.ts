/** One way to write JSON, the same as the server's: keys sorted, no spaces, nulls left out, numbers whole. */
import { hex } from './ids.ts';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json | undefined };

export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.filter((one) => one !== null && one !== undefined).map(canonical).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const parts = Object.keys(value)
      .filter((key) => value[key] !== undefined && value[key] !== null)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonical(value[key] as Json)}`);
    return `{${parts.join(',')}}`;
  }
  if (typeof value === 'number' && !Number.isSafeInteger(value)) throw new RangeError(`not a whole number: ${value}`);
  return JSON.stringify(typeof value === 'string' ? wellFormed(value) : value);
}

/** Half of a surrogate pair cannot be written as UTF-8; a keyboard that was cut short leaves such halves. */
export function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '�');
}

export async function sha256(data: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}

/** This phone, as the server and its person know it. */
import { database } from './database.ts';

/** The phone's own id, kept for its life, whoever uses it. */
export async function deviceId(): Promise<string> {
  const known = await database.say<string>('device');
  if (known) return known;
  const made = crypto.randomUUID();
  await database.keep('device', made);
  return made;
}

export function label(): string {
  const model = /Android[^;)]*;\s*([^;)]+)/.exec(navigator.userAgent)?.[1]?.replace(/ Build.*/, '').trim();
  return (model && model.length > 1 ? model : /iPhone|iPad|Android|Windows|Mac|Linux/.exec(navigator.userAgent)?.[0]) ?? '手机';
}

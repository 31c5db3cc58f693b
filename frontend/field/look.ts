/** Type size and language, kept on the phone. */
import { database } from './database.ts';
import { setLanguage } from './words.ts';
import type { Language } from './words.ts';

export const SIZES = [16, 20, 24] as const;

export async function applySettings(said: ReadonlyMap<string, unknown>): Promise<void> {
  document.documentElement.style.fontSize = `${(said.get('size') as number | undefined) ?? SIZES[0]}px`;
  const chosen = said.get('language') as Language | undefined;
  await setLanguage(chosen ?? (/^zh\b/i.test(navigator.language) || !navigator.language ? 'zh' : 'en'));
}

export async function keepSize(size: number): Promise<void> {
  await database.keep('size', size);
  document.documentElement.style.fontSize = `${size}px`;
}

export async function keepLanguage(language: Language): Promise<void> {
  await database.keep('language', language);
  await setLanguage(language);
}

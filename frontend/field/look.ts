/** Type size and language, kept on the phone. Sizes are shares of the size that the browser is set to: who reads large type everywhere reads it here. */
import { database } from './database.ts';
import { setLanguage } from './words.ts';
import type { Language } from './words.ts';

export const SIZES = [16, 20, 24] as const; // of sixteenths

export async function applySettings(said: ReadonlyMap<string, unknown>): Promise<void> {
  resize((said.get('size') as number | undefined) ?? SIZES[0]);
  const chosen = said.get('language') as Language | undefined;
  await setLanguage(chosen ?? (/^zh\b/i.test(navigator.language) || !navigator.language ? 'zh' : 'en'));
}

export async function keepSize(size: number): Promise<void> {
  await database.keep('size', size);
  resize(size);
}

function resize(size: number): void {
  document.documentElement.style.fontSize = `${(size / 16) * 100}%`;
}

export async function keepLanguage(language: Language): Promise<void> {
  await database.keep('language', language);
  await setLanguage(language);
}

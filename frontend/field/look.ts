/** Type size and language, kept on the phone. */
import { database } from './session.ts';
import { setLanguage } from './words.ts';
import type { Language } from './words.ts';

export const SIZES = [16, 20, 24] as const;

export async function applySettings(): Promise<void> {
  document.documentElement.style.fontSize = `${(await database.say<number>('size')) ?? SIZES[0]}px`;
  const chosen = await database.say<Language>('language');
  await setLanguage(chosen ?? (/^zh\b/i.test(navigator.language) || !navigator.language ? 'zh' : 'en'));
}

export async function keepSize(size: number): Promise<void> {
  await database.keep('size', size);
  await applySettings();
}

export async function keepLanguage(language: Language): Promise<void> {
  await database.keep('language', language);
  await applySettings();
}

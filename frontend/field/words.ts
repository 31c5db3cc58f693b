/** Chinese is what is written in the screens; English stands beside it in english.ts and is fetched by who wants it. */
import { shallowRef } from 'vue';

export type Language = 'zh' | 'en';
export const language = shallowRef<Language>('zh');
let english: Record<string, string> = {};

export async function setLanguage(chosen: Language): Promise<void> {
  if (chosen === 'en') english = (await import('./english.ts')).ENGLISH;
  language.value = chosen;
}

export function t(chinese: string, values: Record<string, string | number> = {}): string {
  const text = language.value === 'en' ? (english[chinese] ?? chinese) : chinese;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}

export function dayWords(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  return new Intl.DateTimeFormat(language.value === 'en' ? 'en-GB' : 'zh-CN', { timeZone: 'UTC', month: 'long', day: 'numeric', weekday: 'long' }).format(date);
}

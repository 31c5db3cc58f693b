/** Chinese is what is written in the screens; English stands beside it in english.ts. */
import { ref } from 'vue';

import { ENGLISH } from './english.ts';

export type Language = 'zh' | 'en';
export const language = ref<Language>('zh');

export function setLanguage(chosen: Language): void {
  language.value = chosen;
}

export function t(chinese: string, values: Record<string, string | number> = {}): string {
  const text = language.value === 'en' ? (ENGLISH[chinese] ?? chinese) : chinese;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}

export function dayWords(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  return new Intl.DateTimeFormat(language.value === 'en' ? 'en-GB' : 'zh-CN', { timeZone: 'UTC', month: 'long', day: 'numeric', weekday: 'long' }).format(date);
}

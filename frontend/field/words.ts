/** Chinese is what is written in the screens; English stands beside it in english.ts (of one | of more) and is fetched by who wants it. */
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
  const [one, many] = text.split('|') as [string, string?];
  return (values['n'] === 1 ? one : (many ?? one)).replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

/** 6月8日星期三. The browser's own formatter takes a cheap phone a tenth of a second to make. */
export function dayWords(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  const [week, month, at] = [date.getUTCDay(), date.getUTCMonth(), date.getUTCDate()];
  return language.value === 'en' ? `${DAYS[week]} ${at} ${MONTHS[month]}` : `${month + 1}月${at}日星期${'日一二三四五六'[week]}`;
}

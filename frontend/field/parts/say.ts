/** Short words at the foot of the screen, and for screen readers; a question with two answers. */
import { reactive } from 'vue';

export const said = reactive({ text: '' });

export function say(text: string): void {
  said.text = '';
  void import('./toast.ts').then(({ show }) => show(text));
  setTimeout(() => (said.text = text), 60);
}

export const question = reactive({ title: '', text: '', yes: '', no: '', danger: false, answer: (_: boolean): void => undefined });

export function ask(title: string, text: string, words: { yes: string; no: string; danger?: boolean }): Promise<boolean> {
  return new Promise((resolve) => {
    Object.assign(question, { title, text, ...words, danger: Boolean(words.danger), answer: resolve });
  });
}

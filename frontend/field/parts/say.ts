/** Short words at the foot of the screen, and for screen readers; a question with two answers. */
import { reactive } from 'vue';

export const said = reactive({ text: '' });
let passing: ReturnType<typeof setTimeout> | undefined;

export function say(text: string): void {
  clearTimeout(passing);
  said.text = '';
  setTimeout(() => (said.text = text), 60); // emptied first, so that the same words are read out again
  passing = setTimeout(() => (said.text = ''), 2600);
}

export const question = reactive({ title: '', text: '', yes: '', no: '', danger: false, answer: (_: boolean): void => undefined });

export function ask(title: string, text: string, words: { yes: string; no: string; danger?: boolean }): Promise<boolean> {
  return new Promise((resolve) => {
    Object.assign(question, { title, text, ...words, danger: Boolean(words.danger), answer: resolve });
  });
}

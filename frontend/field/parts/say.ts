/** Short words at the foot of the screen, and for screen readers; a question with two answers. */
import { showToast } from 'vant/es/toast';
import 'vant/es/popup/index.css';
import 'vant/es/overlay/index.css';
import 'vant/es/toast/index.css';
import { reactive } from 'vue';

export const said = reactive({ text: '' });

export function say(text: string): void {
  said.text = '';
  showToast({ message: text, position: 'bottom', duration: 2600, wordBreak: 'break-word' });
  setTimeout(() => (said.text = text), 60);
}

export const question = reactive({ title: '', text: '', yes: '', no: '', danger: false, answer: (_: boolean): void => undefined });

export function ask(title: string, text: string, words: { yes: string; no: string; danger?: boolean }): Promise<boolean> {
  return new Promise((resolve) => {
    Object.assign(question, { title, text, ...words, danger: Boolean(words.danger), answer: resolve });
  });
}

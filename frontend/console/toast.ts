import { words } from './words';

/** Say something in the corner. Failures stay until they are closed; other news goes after eight seconds. */
export function toast(message: string, kind: 'bad' | 'news' = 'news'): void {
  const place = document.getElementById('toasts') ?? document.body;
  for (const other of place.querySelectorAll('.toast')) if (other.firstElementChild?.textContent === message) other.remove();
  const box = document.createElement('div');
  box.className = `toast ${kind}`;
  box.setAttribute('role', kind === 'bad' ? 'alert' : 'status');
  const text = document.createElement('p');
  text.textContent = message;
  const close = document.createElement('button');
  close.type = 'button';
  close.className = 'link';
  close.textContent = words.close;
  close.addEventListener('click', () => box.remove());
  box.append(text, close);
  place.append(box);
  if (kind === 'news') setTimeout(() => box.remove(), 8000);
}

/** Vant's toast, fetched when something is first said. */
import { showToast } from 'vant/es/toast';
import 'vant/es/popup/index.css';
import 'vant/es/overlay/index.css';
import 'vant/es/toast/index.css';

export function show(message: string): void {
  showToast({ message, position: 'bottom', duration: 2600, wordBreak: 'break-word' });
}

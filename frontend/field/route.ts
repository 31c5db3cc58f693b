/** Which screen is open: the part of the address after #, so that the one cached page serves every screen. */
import { reactive } from 'vue';

export const route = reactive({ name: 'today', id: '', depth: 0 });

function read(): void {
  const [name = '', id = ''] = location.hash.replace(/^#\/?/, '').split('/');
  route.name = name || 'today';
  route.id = decodeURIComponent(id);
  window.scrollTo(0, 0);
}

window.addEventListener('hashchange', read);
read();

export function go(name: string, id = ''): void {
  route.depth += 1;
  location.hash = id ? `#/${name}/${encodeURIComponent(id)}` : `#/${name}`;
}

/** As the phone's own back button; from the first screen to the start. */
export function back(): void {
  if (route.depth > 0) {
    route.depth -= 1;
    history.back();
  } else {
    location.replace('#/today');
  }
}

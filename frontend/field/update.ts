/** A new version is fetched quietly and waits for a tap. */
import { ref } from 'vue';

export const updateWaits = ref(false);
let waiting: ServiceWorker | undefined;
let tapped = false;

export function keepUpdated(): void {
  const workers = navigator.serviceWorker;
  if (!workers) return; // no HTTPS: the pages work, but not offline
  void workers.register('/m/sw.js', { scope: '/m/', updateViaCache: 'none' }).then((made) => made && watch(made), () => undefined);
  workers.addEventListener('controllerchange', () => {
    if (tapped) location.reload();
  });
}

function watch(registration: ServiceWorkerRegistration): void {
  const look = (): void => {
    waiting = registration.waiting ?? undefined;
    updateWaits.value = Boolean(waiting && navigator.serviceWorker.controller);
  };
  look();
  registration.addEventListener('updatefound', () => registration.installing?.addEventListener('statechange', look));
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) registration.update().catch(() => undefined);
  });
}

/** What was typed is kept as a draft, so the page may start anew. */
export function takeUpdate(): void {
  tapped = true;
  waiting?.postMessage('take over');
}

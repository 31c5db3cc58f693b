/** The service worker: keeps the shell, so that the app opens without a network. It never touches the API. */
import { cleanupOutdatedCaches, precacheAndRoute } from 'workbox-precaching';
import type { PrecacheEntry } from 'workbox-precaching';

declare const self: ServiceWorkerGlobalScope & { __SHELL: PrecacheEntry[] };

cleanupOutdatedCaches();
precacheAndRoute(self.__SHELL, { ignoreURLParametersMatching: [/./], cleanURLs: false });

self.addEventListener('message', (event) => {
  if (event.data === 'take over') void self.skipWaiting();
});
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

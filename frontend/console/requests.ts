/** htmx: one request per click, failures said in words, a redirect followed as a page and not into a fragment. */

import { focusFirstError, free, hold } from './forms';
import { toast } from './toast';
import { words } from './words';

interface Context {
  sourceElement: Element;
  target?: Element | string;
  swap?: string;
  select?: string | null;
  push?: string;
  status: string;
  request: { action: string; method: string; timeout?: number };
  response?: { status: number; raw: Response };
}

const started = new WeakMap<object, number>();
const contextOf = (event: Event) => (event as CustomEvent<{ ctx: Context }>).detail.ctx;

function formOf(source: Element): HTMLFormElement | null {
  return source instanceof HTMLFormElement ? source : source instanceof HTMLButtonElement ? source.form : null;
}

function failure(status: number): string | null {
  if (status === 422 || status === 409) return null; // the form comes back with its errors
  if (status === 403 || status === 401) return words.refused;
  if (status === 404 || status === 410) return words.missing;
  if (status === 413) return words.tooLarge;
  if (status === 429) return words.tooMany;
  return words.server;
}

export function startRequests(longest: number): void {
  document.addEventListener('htmx:before:request', (event) => {
    const ctx = contextOf(event);
    started.set(ctx, performance.now());
    const source = ctx.sourceElement;
    const form = ctx.request.method === 'GET' ? null : formOf(source);
    if (form) hold(form, longest);
    else if (source instanceof HTMLButtonElement) source.disabled = true;
    if (ctx.target instanceof Element && !source.closest('[data-job]')) ctx.target.setAttribute('aria-busy', 'true');
  });
  document.addEventListener('htmx:before:response', (event) => {
    const ctx = contextOf(event);
    if (!ctx.response?.raw.redirected) return;
    // The session ended, or a command was done and shows its result: that is a page.
    ctx.target = document.body;
    ctx.swap = 'outerHTML show:top';
    ctx.select = null;
    ctx.push = ctx.response.raw.url;
  });
  document.addEventListener('htmx:finally:request', (event) => {
    const ctx = contextOf(event);
    const source = ctx.sourceElement;
    const form = formOf(source);
    if (form) free(form);
    else if (source instanceof HTMLButtonElement) source.disabled = false;
    if (ctx.target instanceof Element) ctx.target.removeAttribute('aria-busy');
    // Browsers before Chromium 98 do not tell a timeout from being replaced by a newer request.
    const took = performance.now() - (started.get(ctx) ?? 0);
    if (ctx.status.startsWith('error: AbortError') && took >= longest) toast(words.network, 'bad');
  });
  document.addEventListener('htmx:response:error', (event) => {
    const message = failure(contextOf(event).response?.status ?? 0);
    if (message) toast(message, 'bad');
  });
  document.addEventListener('htmx:error', (event) => {
    const { ctx, error } = (event as CustomEvent<{ ctx?: Context; error: Error | string }>).detail;
    if (ctx && !ctx.response && String((error as Error).name) !== 'AbortError') toast(words.network, 'bad');
  });
  document.addEventListener('htmx:after:swap', (event) => {
    const ctx = contextOf(event);
    const status = ctx.response?.status ?? 200;
    if (status === 422 || status === 409) focusFirstError(ctx.target instanceof Element && ctx.target.isConnected ? ctx.target : document);
  });
}

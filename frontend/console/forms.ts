/** Forms: sent once, the first error in focus, empty filters left out of the address, unsaved input not lost. */

import { words } from './words';

type Button = HTMLButtonElement | HTMLInputElement;
const SENDERS = 'button:not([type=button]):not([type=reset]), input[type=submit]';

const sent = new WeakSet<HTMLFormElement>();
const disabled = new Map<Button, HTMLFormElement>();

function senders(form: HTMLFormElement): Button[] {
  return [...form.elements].filter((element): element is Button => element.matches(SENDERS));
}

/** From now on a second click does nothing, until `free`. Buttons go grey a moment later: their value must still be sent. */
export function hold(form: HTMLFormElement, longest: number): void {
  sent.add(form);
  setTimeout(() => {
    if (!sent.has(form)) return;
    form.setAttribute('aria-busy', 'true');
    for (const button of senders(form)) {
      if (button.disabled) continue;
      button.disabled = true;
      disabled.set(button, form);
    }
  });
  setTimeout(() => free(form), longest);
}

export function free(form: HTMLFormElement): void {
  sent.delete(form);
  form.removeAttribute('aria-busy');
  for (const [button, owner] of disabled) {
    if (owner !== form) continue;
    button.disabled = false;
    disabled.delete(button);
  }
}

/** Put the cursor where the first mistake is; true when there was one. */
export function focusFirstError(root: ParentNode): boolean {
  const wrong =
    root.querySelector<HTMLElement>('[aria-invalid=true]:not([type=hidden])') ??
    root.querySelector<HTMLElement>('.field.bad input, .field.bad select, .field.bad textarea') ??
    root.querySelector<HTMLElement>('.errors');
  wrong?.focus();
  return wrong !== null;
}

const isHtmx = (form: Element) => ['hx-post', 'hx-get', 'hx-put', 'hx-patch', 'hx-delete'].some((a) => form.hasAttribute(a));

export function startForms(): void {
  document.addEventListener(
    'submit',
    (event) => {
      if (!sent.has(event.target as HTMLFormElement)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );
  document.addEventListener('submit', (event) => {
    const form = event.target as HTMLFormElement;
    const by = event.submitter;
    if (event.defaultPrevented || form.method === 'dialog' || isHtmx(form)) return;
    if (by && isHtmx(by)) return;
    const stays = form.target === '_blank' || form.hasAttribute('data-download') || by?.hasAttribute('data-download');
    unsaved.delete(form);
    hold(form, stays ? 3000 : 20000);
  });
  // Back and forward: the page comes out of the cache as it was left, with its buttons grey.
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) for (const form of new Set(disabled.values())) free(form);
  });
  document.addEventListener('formdata', (event) => {
    const form = event.target as HTMLFormElement;
    if (form.method !== 'get') return;
    for (const [name, value] of [...event.formData.entries()]) if (value === '') event.formData.delete(name);
  });
  document.addEventListener('change', (event) => {
    const control = event.target as HTMLInputElement;
    if (control.matches?.('[data-autosubmit]')) control.form?.requestSubmit();
  });
  startGuard();
}

const unsaved = new Set<HTMLFormElement>();

/** A form marked data-guard asks before its input is left behind. */
function startGuard(): void {
  document.addEventListener('input', (event) => {
    const form = (event.target as HTMLInputElement).form;
    if (form?.hasAttribute('data-guard')) unsaved.add(form);
  });
  window.addEventListener('beforeunload', (event) => {
    for (const form of unsaved) if (!form.isConnected) unsaved.delete(form);
    if (!unsaved.size) return;
    event.preventDefault();
    event.returnValue = words.leave;
  });
}

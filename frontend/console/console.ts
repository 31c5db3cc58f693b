/** The console's script: what plain HTML cannot do, and nothing that a page needs in order to work. */

import htmx from 'htmx.org';

import { focusFirstError, startForms } from './forms';
import { startRequests } from './requests';
import { prepareTables, startTables } from './tables';
import { words } from './words';

// The same is said in base.html's htmx-config, which htmx reads when it starts; this is for pages without it.
Object.assign(htmx.config, { includeIndicatorCSS: false, history: 'reload' });

function startDialogs(): void {
  document.addEventListener('click', (event) => {
    const opener = (event.target as Element).closest?.<HTMLElement>('[data-dialog]');
    if (opener) {
      const dialog = document.getElementById(opener.dataset.dialog!);
      if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
      if (opener.tagName === 'A') event.preventDefault();
    }
    const closer = (event.target as Element).closest?.('[data-close]');
    if (closer) closer.closest('dialog')?.close();
    if ((event.target as Element).closest?.('[data-print]')) window.print();
  });
}

function startMenu(): void {
  const menu = document.querySelector<HTMLElement>('.menu');
  const nav = document.getElementById('nav');
  if (!menu || !nav) return;
  menu.setAttribute('role', 'button');
  menu.setAttribute('aria-expanded', 'false');
  menu.addEventListener('click', (event) => {
    event.preventDefault();
    menu.setAttribute('aria-expanded', String(nav.classList.toggle('open')));
  });
  menu.addEventListener('keydown', (event) => {
    if (event.key !== ' ') return;
    event.preventDefault();
    menu.click();
  });
}

/** Whatever has just come into the page, at first all of it. */
function prepare(root: ParentNode): void {
  prepareTables(root);
  for (const dialog of root.querySelectorAll<HTMLDialogElement>('dialog[data-open]')) if (!dialog.open) dialog.showModal();
  const charts = [...root.querySelectorAll<HTMLElement>('[data-chart]')];
  if (charts.length)
    import('./charts').then(
      ({ draw }) => charts.forEach((chart) => void draw(chart)),
      () => charts.forEach((chart) => (chart.textContent = words.chart)),
    );
}

startForms();
startTables();
startRequests(30_000);
startDialogs();
startMenu();
prepare(document);
focusFirstError(document);
document.addEventListener('htmx:after:process', (event) => {
  const part = event.target as Element;
  if (part === document.body && !part.hasAttribute('data-ready')) return part.setAttribute('data-ready', '');
  if (part === document.body) startMenu();
  // A part that is itself a table or a chart is looked for from its parent.
  if (part.isConnected) prepare(part === document.body ? document : (part.parentElement ?? part));
});

/** Tables: a row opens by click and by key, columns are chosen once, a narrow screen shows rows as cards. */

import { words } from './words';

const LIVE = 'a, button, input, select, textarea, label, summary, [data-stay]';

function rowOf(event: Event): HTMLTableRowElement | null {
  return (event.target as Element).closest?.<HTMLTableRowElement>('tr[data-href]') ?? null;
}

function open(row: HTMLTableRowElement, apart: boolean): void {
  const address = row.dataset.href!;
  if (apart) window.open(address, '_blank', 'noopener');
  else location.assign(address);
}

export function startTables(): void {
  document.addEventListener('click', (event) => {
    const row = rowOf(event);
    if (!row || (event.target as Element).closest(LIVE) || getSelection()?.toString()) return;
    open(row, event.ctrlKey || event.metaKey);
  });
  document.addEventListener('keydown', (event) => {
    const row = rowOf(event);
    if (!row || event.target !== row) return;
    if (event.key === 'Enter') return open(row, event.ctrlKey || event.metaKey);
    const rows = [...row.parentElement!.querySelectorAll<HTMLTableRowElement>('tr[data-href]')];
    const here = rows.indexOf(row);
    const next = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: rows.length - 1 }[event.key];
    const to = next === undefined ? undefined : rows[next];
    if (!to) return;
    event.preventDefault();
    row.tabIndex = -1;
    to.tabIndex = 0;
    to.focus();
  });
  document.addEventListener('click', (event) => {
    for (const chooser of document.querySelectorAll<HTMLDetailsElement>('details.columns[open]'))
      if (!chooser.contains(event.target as Node)) chooser.open = false;
  });
}

/** `<input type="checkbox" data-all="row">` ticks every box of that name in its form, and says when some are. */
document.addEventListener('change', (event) => {
  const box = event.target as HTMLInputElement;
  if (box.type !== 'checkbox' || !box.form) return;
  const all = box.dataset.all ? box : box.form.querySelector<HTMLInputElement>(`[data-all="${box.name}"]`);
  if (!all) return;
  const boxes = [...box.form.querySelectorAll<HTMLInputElement>(`input[name="${all.dataset.all}"]`)];
  if (box === all) for (const each of boxes) each.checked = all.checked;
  const ticked = boxes.filter((each) => each.checked).length;
  all.checked = ticked === boxes.length;
  all.indeterminate = ticked > 0 && ticked < boxes.length;
});

/** Wire the tables of a part of the page that has just come in. */
export function prepareTables(root: ParentNode): void {
  for (const body of root.querySelectorAll('tbody')) {
    // One stop for the Tab key; the arrows go on from there.
    body.querySelectorAll<HTMLTableRowElement>('tr[data-href]').forEach((row, i) => (row.tabIndex = i ? -1 : 0));
  }
  for (const table of root.querySelectorAll<HTMLTableElement>('.table.cards table')) labelCells(table);
  for (const table of root.querySelectorAll<HTMLTableElement>('table[data-columns]')) chooseColumns(table);
  for (const table of root.querySelectorAll<HTMLTableElement>('table[data-fold]:not(.folded)')) fold(table);
  if (matchMedia('(max-width: 760px)').matches)
    for (const rest of root.querySelectorAll<HTMLDetailsElement>('.filters details:not([data-used])')) rest.open = false;
}

/** `<table data-fold="10">` shows its first ten rows and a button for the rest. Two rows more are not worth a button. */
function fold(table: HTMLTableElement): void {
  const rest = [...(table.tBodies[0]?.rows ?? [])].slice(Number(table.dataset.fold));
  if (rest.length < 3) return;
  for (const row of rest) row.classList.add('rest');
  table.classList.add('folded');
  const foot = document.createElement('div');
  foot.className = 'actions unfold';
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'btn';
  button.textContent = words.rest.replace('#', String(rest.length));
  button.addEventListener('click', () => {
    table.classList.remove('folded');
    table.removeAttribute('data-fold');
    foot.remove();
    (rest[0]!.querySelector<HTMLElement>('a, button') ?? rest[0]!).focus();
  });
  foot.append(button);
  (table.closest('.table') ?? table).after(foot);
}

function headings(table: HTMLTableElement): HTMLTableCellElement[] {
  return [...(table.tHead?.rows[0]?.cells ?? [])];
}

function labelCells(table: HTMLTableElement): void {
  const labels = headings(table).map((cell) => cell.textContent!.trim());
  for (const body of table.tBodies)
    for (const row of body.rows)
      if (row.cells.length === labels.length)
        [...row.cells].forEach((cell, i) => labels[i] && !cell.matches('.acts') && cell.setAttribute('data-label', labels[i]));
}

/** `<table data-columns="name">` and somewhere `<span data-columns-for="name">`, where the chooser goes. */
function chooseColumns(table: HTMLTableElement): void {
  const name = table.dataset.columns!;
  const key = `columns:${name}`;
  const hidden = new Set<string>(remembered(key));
  const cells = headings(table);
  const names = cells.map((cell) => cell.dataset.column ?? cell.textContent!.trim());
  const show = () => {
    for (const row of table.rows)
      if (row.cells.length === names.length) [...row.cells].forEach((cell, i) => (cell.hidden = hidden.has(names[i]!)));
  };
  show();
  const place = document.querySelector(`[data-columns-for="${CSS.escape(name)}"]`);
  if (!place) return;
  const chooser = document.createElement('details');
  chooser.className = 'columns';
  const summary = document.createElement('summary');
  summary.className = 'btn small';
  summary.textContent = words.columns;
  const list = document.createElement('div');
  cells.forEach((cell, i) => {
    if (cell.hasAttribute('data-fixed') || !names[i]) return;
    const label = document.createElement('label');
    const box = document.createElement('input');
    box.type = 'checkbox';
    box.checked = !hidden.has(names[i]);
    box.addEventListener('change', () => {
      if (box.checked) hidden.delete(names[i]!);
      else hidden.add(names[i]!);
      show();
      remember(key, [...hidden]);
    });
    label.append(box, cell.textContent!.trim());
    list.append(label);
  });
  chooser.append(summary, list);
  place.replaceChildren(chooser);
}

function remembered(key: string): string[] {
  try {
    return JSON.parse(localStorage.getItem(key) ?? '[]');
  } catch {
    return [];
  }
}

function remember(key: string, names: string[]): void {
  try {
    localStorage.setItem(key, JSON.stringify(names));
  } catch {
    // A browser that keeps nothing still shows the choice on this page.
  }
}

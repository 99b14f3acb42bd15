// How names are compared where people search and sort: without case, width and accents.

/** `Zürich-1` → `zurich-1`. Lists by name sort on this, and `q=` searches it. */
export function foldName(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .toLowerCase();
}

// xterm.js, held to this page's rules. Its styles become constructed sheets, because the content
// security policy refuses <style> elements; and it answers no question of the gear's: a terminal
// that reports its name or cursor types into a live line what nobody typed.

import { type ITheme, Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';

export interface TerminalView {
  /** Text with one character a byte. */
  write(text: string): void;
  /** A line of the page's own, between what the gear said. */
  note(text: string): void;
  setTyping(isOn: boolean): void;
  setTheme(): void;
  /** Fits as many rows and columns as there is room for. */
  fit(): void;
  /** @returns how many times it is there, and which of them is shown; the next one upwards */
  find(text: string, step: 1 | -1): { readonly count: number; readonly index: number };
  selection(): string;
  /** Everything that is kept, as text. */
  all(): string;
  wantsBrackets(): boolean;
  focus(): void;
  dispose(): void;
}

export interface TerminalOptions {
  readonly label: string;
  onType(text: string): void;
  onPaste(text: string): void;
  /** Keys of the page's own. @returns true: not for the terminal */
  onKey(event: KeyboardEvent): boolean;
}

const SCROLLBACK_LINES = 5_000;
const COLUMNS = { least: 80, most: 200 };

export function openTerminal(place: HTMLElement, options: TerminalOptions): TerminalView {
  const terminal = new Terminal({
    scrollback: SCROLLBACK_LINES,
    cols: COLUMNS.least,
    rows: 24,
    fontFamily: getComputedStyle(place).getPropertyValue('--mono'),
    fontSize: 13,
    disableStdin: true,
    cursorInactiveStyle: 'outline',
    convertEol: false,
    // Links in what gear says go nowhere.
    linkHandler: { activate: () => undefined },
    theme: themeOf(place),
  });
  answerNothing(terminal);
  const dropSheets = withStyleSheets();
  terminal.open(place);
  terminal.textarea?.setAttribute('aria-label', options.label);
  // Its role has it already; said twice it is refused.
  terminal.textarea?.removeAttribute('aria-multiline');
  terminal.onData((text) => options.onType(text));
  terminal.attachCustomKeyEventHandler((event) => !options.onKey(event));
  const paste = (event: ClipboardEvent): void => {
    event.preventDefault();
    event.stopPropagation();
    options.onPaste(event.clipboardData?.getData('text/plain') ?? '');
  };
  place.addEventListener('paste', paste, { capture: true });
  let found: { readonly text: string; readonly index: number } | undefined;
  return {
    // C1 control characters are junk on a byte line, and would be obeyed.
    write: (text) => terminal.write(text.replaceAll(/[\u0080-\u009f]/g, '\ufffd')),
    note: (text) => terminal.write(`\r\n\u001b[2m-- ${text} --\u001b[0m\r\n`),
    setTyping: (isOn) => {
      terminal.options.disableStdin = !isOn;
      terminal.options.cursorBlink = isOn;
    },
    setTheme: () => {
      terminal.options.theme = themeOf(place);
    },
    fit: () => fit(terminal, place),
    find: (text, step) => {
      const places = findIn(terminal, text);
      const last = places.length - 1;
      // From the newest upwards.
      const from = found?.text === text ? found.index + step : last;
      const index = places.length === 0 ? 0 : (from + places.length) % places.length;
      found = { text, index };
      const place_ = places[index];
      if (place_ === undefined) terminal.clearSelection();
      else {
        terminal.select(place_.column, place_.row, text.length);
        terminal.scrollToLine(Math.max(0, place_.row - Math.floor(terminal.rows / 2)));
      }
      return { count: places.length, index: places.length - index };
    },
    selection: () => terminal.getSelection(),
    all: () => linesOf(terminal).join('\n').trimEnd(),
    wantsBrackets: () => terminal.modes.bracketedPasteMode,
    focus: () => terminal.focus(),
    dispose: () => {
      place.removeEventListener('paste', paste, { capture: true });
      terminal.dispose();
      dropSheets();
    },
  };
}

/** Device attributes, status and mode reports, colours, settings: all of them are swallowed. */
function answerNothing({ parser }: Terminal): void {
  const swallow = (): boolean => true;
  for (const id of [
    { final: 'c' },
    { prefix: '>', final: 'c' },
    { prefix: '=', final: 'c' },
    { prefix: '>', final: 'q' },
    { final: 'n' },
    { prefix: '?', final: 'n' },
    { intermediates: '$', final: 'p' },
    { prefix: '?', intermediates: '$', final: 'p' },
    { final: 't' },
  ])
    parser.registerCsiHandler(id, swallow);
  parser.registerDcsHandler({ intermediates: '$', final: 'q' }, swallow);
  parser.registerEscHandler({ final: 'Z' }, swallow);
  for (const code of [4, 10, 11, 12, 52]) parser.registerOscHandler(code, swallow);
}

/**
 * The policy of the page refuses <style> elements and style attributes, which xterm makes; what
 * scripts set through the style's own objects is allowed. So as long as a terminal is there, a
 * style element is a place holder with a constructed sheet behind it, and a span's style
 * attribute goes to its style object.
 * @returns what makes everything as it was
 */
function withStyleSheets(): () => void {
  const sheets: CSSStyleSheet[] = [];
  const make = (name: string): HTMLElement =>
    document.createElementNS('http://www.w3.org/1999/xhtml', name.toLowerCase());
  const makeStyle = (): HTMLElement => {
    const element = make('template');
    const sheet = new CSSStyleSheet();
    sheets.push(sheet);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    let css = '';
    Object.defineProperty(element, 'textContent', {
      get: () => css,
      set: (text: string) => {
        css = text;
        sheet.replaceSync(text);
      },
    });
    return element;
  };
  const makeSpan = (): HTMLElement => {
    const element = make('span');
    element.setAttribute = (name, value) => {
      if (name === 'style') element.style.cssText = value;
      else Element.prototype.setAttribute.call(element, name, value);
    };
    return element;
  };
  Object.defineProperty(document, 'createElement', {
    configurable: true,
    value: (name: string) =>
      /^style$/i.test(name) ? makeStyle() : /^span$/i.test(name) ? makeSpan() : make(name),
  });
  return () => {
    Reflect.deleteProperty(document, 'createElement');
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter(
      (sheet) => !sheets.includes(sheet),
    );
  };
}

/** Gear's colours in those of the page, which can be read on its ground in both themes. */
const ANSI = {
  black: '--soft',
  red: '--bad',
  green: '--good',
  yellow: '--warn',
  blue: '--info',
  magenta: '--main',
  cyan: '--info',
  white: '--text',
} as const;

function themeOf(place: HTMLElement): ITheme {
  // Only a property that takes colours tells which of two the theme chose.
  const colour = (name: string): string => {
    place.style.color = `var(${name})`;
    const { color } = getComputedStyle(place);
    place.style.color = '';
    return color;
  };
  return {
    background: colour('--surface'),
    foreground: colour('--text'),
    cursor: colour('--main'),
    cursorAccent: colour('--surface'),
    selectionBackground: colour('--main'),
    selectionForeground: colour('--main-text'),
    ...Object.fromEntries(
      Object.entries(ANSI).flatMap(([name, variable]) => [
        [name, colour(variable)],
        [`bright${name.charAt(0).toUpperCase()}${name.slice(1)}`, colour(variable)],
      ]),
    ),
  };
}

function fit(terminal: Terminal, place: HTMLElement): void {
  const screen = place.querySelector<HTMLElement>('.xterm-screen');
  if (screen === null || screen.clientWidth === 0 || place.clientHeight === 0) return;
  const cell = {
    width: screen.clientWidth / terminal.cols,
    height: screen.clientHeight / terminal.rows,
  };
  const columns = Math.floor((place.clientWidth - 16) / cell.width);
  const rows = Math.max(4, Math.floor(place.clientHeight / cell.height));
  const cols = Math.min(COLUMNS.most, Math.max(COLUMNS.least, columns));
  if (cols !== terminal.cols || rows !== terminal.rows) terminal.resize(cols, rows);
}

function linesOf(terminal: Terminal): readonly string[] {
  const buffer = terminal.buffer.active;
  return Array.from(
    { length: buffer.length },
    (_, row) => buffer.getLine(row)?.translateToString(true) ?? '',
  );
}

/** Oldest first; case does not matter. */
function findIn(
  terminal: Terminal,
  text: string,
): readonly { readonly row: number; readonly column: number }[] {
  const wanted = text.toLowerCase();
  if (wanted === '') return [];
  return linesOf(terminal).flatMap((line, row) => {
    const places: { row: number; column: number }[] = [];
    const lower = line.toLowerCase();
    for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, at + wanted.length))
      places.push({ row, column: at });
    return places;
  });
}

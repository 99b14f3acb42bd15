// FreeSWITCH variables in a dial string. FreeSWITCH finds the end of a block by counting
// brackets, whatever the quotes; inside, it splits at the separator unless quoted, and it
// expands `${…}` (which can run commands). So: values are quoted, `'`, `\` and `$` escaped, and a
// value whose brackets do not balance cannot stand in that block at all.

/** How a value is written. `bare` values are quoted only when they must be. */
export type Quoting = 'quoted' | 'bare' | 'expanded';

export interface Variable {
  readonly name: string;
  readonly value: string;
  readonly quoting: Quoting;
  /** Nothing in name and value needs a second look: no escaping, any block. */
  readonly plain: boolean;
}

/** `leg`: `[^^!a='b'!c='d']`; `channel`: `<a='b',c='d'>`. */
export type Block = 'leg' | 'channel';

const TELLING = /[\x00-\x1f\x7f'\\$[\]<>!,|]/;
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/;
const NAME = /^[A-Za-z0-9_.:~*+-]{1,128}$/;

export function isName(name: string): boolean {
  return NAME.test(name);
}

/** A variable whose name is ours and whose value is anybody's. */
export function variable(name: string, value: string): Variable {
  return { name, value, quoting: 'quoted', plain: !TELLING.test(value) };
}

/** Why this variable can be sent in no block, or undefined when it can. */
export function refusal({ name, value, plain }: Variable): string | undefined {
  if (plain) return undefined;
  if (!NAME.test(name)) return 'The name holds a character that no header name has.';
  if (CONTROL.test(value)) return 'The value holds a line end or another control character.';
  return undefined;
}

/** Whether the value may stand in `block`: its brackets must balance there. */
export function fits({ value, plain }: Variable, block: Block): boolean {
  if (plain) return true;
  const [open, close] = block === 'leg' ? ['[', ']'] : ['<', '>'];
  let depth = 0;
  for (const character of value) {
    if (character === open) depth++;
    else if (character === close) depth--;
    if (depth < 0) return false;
  }
  return depth === 0;
}

export function writeBlock(variables: readonly Variable[], block: Block): string {
  let text = '';
  for (const one of variables) {
    if (block === 'leg') text += '!';
    else if (text !== '') text += ',';
    text += writeVariable(one);
  }
  if (text === '') return '';
  return block === 'leg' ? `[^^${text}]` : `<${text}>`;
}

function writeVariable({ name, value, quoting, plain }: Variable): string {
  if (quoting === 'expanded') return `${name}=${value}`;
  if (!plain) return `${name}='${value.replace(/['\\$]/g, '\\$&')}'`;
  const bare = quoting === 'bare' && value !== '' && !value.startsWith(' ') && !value.endsWith(' ');
  return bare ? `${name}=${value}` : `${name}='${value}'`;
}

const MACROS: Readonly<Record<string, string>> = {
  '{caller_id_name}': '${caller_id_name}',
  '{caller_id_number}': '${caller_id_number}',
  '{account_id}': '${ecallmgr_Account-ID}',
  '{reseller_id}': '${ecallmgr_Reseller-ID}',
  '{billing_id}': '${ecallmgr_Billing-ID}',
};

/** A header's variable. A value that is exactly one macro becomes FreeSWITCH's reference. */
export function headerVariable(header: string, text: string): Variable {
  const macro = Object.hasOwn(MACROS, text) ? MACROS[text] : undefined;
  const name = header === 'Diversions' ? 'sip_h_Diversion' : `sip_h_${header}`;
  if (macro !== undefined) {
    return { name, value: macro, quoting: 'expanded', plain: NAME.test(name) };
  }
  const plain = NAME.test(name) && !TELLING.test(text);
  return { name, value: text, quoting: 'bare', plain };
}

const PLAIN_NAME = /^[\w -]*$/;

/** Names of callers: letters of any script, digits, `_`, blanks and `-` pass. */
export function cleanName(name: string): string {
  if (PLAIN_NAME.test(name)) return name;
  return name.replace(/[^\p{L}\p{M}\p{N}_\s-]/gu, '').replace(/[\r\n]/g, ' ');
}

const CODECS: Readonly<Record<string, string>> = {
  G722_16: 'G722:G7221@16000h',
  G722_32: 'G7221@32000h',
  CELT_32: 'CELT@32000h',
  CELT_48: 'CELT@48000h',
};

/** `^^:PCMA:G722:G7221@16000h`, in the order given. */
export function codecString(codecs: readonly string[]): string {
  let text = '^^';
  for (const codec of codecs) text += `:${CODECS[codec] ?? codec}`;
  return text;
}

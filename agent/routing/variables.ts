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
}

/** `leg`: `[^^!a='b'!c='d']`; `channel`: `<a='b',c='d'>`. */
export type Block = 'leg' | 'channel';

const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/;
const NAME = /^[A-Za-z0-9_.:~*+-]{1,128}$/;
const SAFE_BARE = /^[A-Za-z0-9 _.:;@/+=&#*?%"~^()<>-]*$/;

/** Why this name or value can be sent in no block, or undefined when it can. */
export function refusal(name: string, value: string): string | undefined {
  if (!NAME.test(name)) return 'The name holds a character that no header name has.';
  if (CONTROL.test(value)) return 'The value holds a line end or another control character.';
  return undefined;
}

/** Whether `value` may stand in `block`: its brackets must balance there. */
export function fits(value: string, block: Block): boolean {
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
  if (variables.length === 0) return '';
  const texts = variables.map(writeVariable);
  return block === 'leg' ? `[^^!${texts.join('!')}]` : `<${texts.join(',')}>`;
}

function writeVariable({ name, value, quoting }: Variable): string {
  if (quoting === 'expanded') return `${name}=${value}`;
  const bare = quoting === 'bare' && SAFE_BARE.test(value) && !/^ | $/.test(value);
  return bare ? `${name}=${value}` : `${name}='${escape(value)}'`;
}

function escape(value: string): string {
  return /['\\$]/.test(value) ? value.replace(/['\\$]/g, '\\$&') : value;
}

const MACROS: Readonly<Record<string, string>> = {
  '{caller_id_name}': '${caller_id_name}',
  '{caller_id_number}': '${caller_id_number}',
  '{account_id}': '${ecallmgr_Account-ID}',
  '{reseller_id}': '${ecallmgr_Reseller-ID}',
  '{billing_id}': '${ecallmgr_Billing-ID}',
};

/** A header's variable. A value that is exactly one macro becomes FreeSWITCH's reference. */
export function headerVariable(name: string, value: string): Variable {
  const macro = Object.hasOwn(MACROS, value) ? MACROS[value] : undefined;
  const variable = name === 'Diversions' ? 'sip_h_Diversion' : `sip_h_${name}`;
  return macro === undefined
    ? { name: variable, value, quoting: 'bare' }
    : { name: variable, value: macro, quoting: 'expanded' };
}

/** Names of callers: letters of any script, digits, `_`, blanks and `-` pass. */
export function cleanName(name: string): string {
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
  return `^^:${codecs.map((codec) => CODECS[codec] ?? codec).join(':')}`;
}

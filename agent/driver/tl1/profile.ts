// What differs between TL1 elements, as data. Sources: the vendors' TL1 manuals; what no manual
// at hand shows is left to the answers themselves.

export interface Tl1Profile {
  readonly name: string;
  readonly title: string;
  /** How many T1s the element can have at most; undefined when cards decide. */
  readonly t1Count: number | undefined;
  /** The AID that names all T1s: `ALL`, or a range where the manual has no `ALL`. */
  readonly allT1: string;
  /** Target identifier the factory gives, for elements that want one. */
  readonly defaultTid: string;
  /** An AID of a T1 facility; its captures are the numbers of the canonical name. */
  readonly t1Aid: RegExp;
  /** The canonical spelling of such an AID, since replies pad (`DS1-07`) or change case. */
  readonly canonical: (numbers: readonly string[]) => string;
  /** Whether autonomous messages are off until this session asks for them. */
  readonly allowMessages: boolean;
  /** Words of identity and SID that speak for this element, with a score each. */
  readonly marks: readonly { readonly pattern: RegExp; readonly score: number }[];
}

const plain = (prefix: string) => (numbers: readonly string[]) =>
  prefix + numbers.map((digits) => String(Number(digits))).join('-');

export const TL1_PROFILES: Readonly<Record<string, Tl1Profile>> = {
  generic: {
    name: 'generic',
    title: 'TL1 element',
    t1Count: undefined,
    allT1: 'ALL',
    defaultTid: '',
    t1Aid: /^(.{1,40})$/,
    canonical: (numbers) =>
      (numbers[0] ?? '').toUpperCase().replaceAll(/\d{1,9}/g, (digits) => String(Number(digits))),
    allowMessages: false,
    marks: [],
  },
  // Carrier Access Wide Bank 28 DS3, user manual R2.4: DS1-1 … DS1-28, DS3-A, DS3-B.
  widebank28: {
    name: 'widebank28',
    title: 'Carrier Access Wide Bank 28',
    t1Count: 28,
    allT1: 'ALL',
    defaultTid: '',
    t1Aid: /^DS1-(\d{1,2})$/i,
    canonical: plain('DS1-'),
    allowMessages: false,
    marks: [{ pattern: /wide ?bank|\bDS3-A\b|\bDS1-\d\d?\b/i, score: 8 }],
  },
  // Adtran MX2800/MX2810, chapter 9: 101–128 DS1, TID `Unit 1`, messages off by default.
  mx28xx: {
    name: 'mx28xx',
    title: 'Adtran MX28xx',
    t1Count: 28,
    allT1: '101&&128',
    defaultTid: 'Unit 1',
    t1Aid: /^(1[0-2]\d)$/,
    canonical: plain(''),
    allowMessages: true,
    marks: [{ pattern: /\bMX ?28\d\d|\badtran\b|^Unit \d+$/im, score: 9 }],
  },
  // Cisco ONS 15454/15327 TL1 guide R3.3: FAC-<slot>-<port>.
  ons15454: {
    name: 'ons15454',
    title: 'Cisco ONS 15454',
    t1Count: undefined,
    allT1: 'ALL',
    defaultTid: '',
    t1Aid: /^FAC-(\d{1,2})-(\d{1,2})$/i,
    canonical: plain('FAC-'),
    allowMessages: false,
    marks: [{ pattern: /\bONS|\b15454\b|\bFAC-\d+-\d+\b/i, score: 9 }],
  },
  // Calix C7: N<node>-<shelf>-<slot>-<port>.
  c7: {
    name: 'c7',
    title: 'Calix C7',
    t1Count: undefined,
    allT1: 'ALL',
    defaultTid: '',
    t1Aid: /^N(\d{1,3})-(\d{1,2})-(\d{1,2})-(\d{1,3})$/i,
    canonical: plain('N'),
    allowMessages: false,
    marks: [{ pattern: /\bcalix\b|\bC7\b|^C7|\bN\d+-\d+-\d+-\d+\b/i, score: 8 }],
  },
};

/** An AID as this element's canonical name, or undefined for what is no T1 of it. */
export function t1Name(profile: Tl1Profile, aid: string): string | undefined {
  const found = profile.t1Aid.exec(aid.trim());
  return found === null ? undefined : profile.canonical(found.slice(1));
}

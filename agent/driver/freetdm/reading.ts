// Reads everything of one FreeTDM into its site. Only commands that read, and of those that
// take the lock of a span each under a job of its own with a time limit. What the core tells
// without a lock comes first: it is also how a wedged span is told from a dead server.

import { isCode } from '../../base/error.ts';
import type { Timers } from '../../base/timers.ts';
import { parseShownCalls } from '../../codec/ftdm/call.ts';
import { parseChannelDump } from '../../codec/ftdm/channel-dump.ts';
import { parseChannelFlags, parseChannelStates, parseSpanFlags } from '../../codec/ftdm/core.ts';
import { isModuleMissing } from '../../codec/ftdm/reply.ts';
import { parseSpanList } from '../../codec/ftdm/span-list.ts';
import { deadline } from '../../base/deadline.ts';
import type { EslLink } from '../../session/esl/link.ts';
import type { GearFinding } from '../../span/gear-driver.ts';
import {
  LIST_WEDGED,
  MODULE_MISSING,
  NO_LOG,
  noSignalling,
  unreadable,
  wedgedFinding,
} from './findings.ts';
import { type FreetdmSite, keyOf } from './site.ts';
import type { Wedge, Wedges } from './wedges.ts';

export interface ReadingParts {
  readonly link: EslLink;
  readonly site: FreetdmSite;
  readonly wedges: Wedges;
  readonly timers: Timers;
  /** How long a command that takes a lock may take: a stop of an analogue span holds it 10 s. */
  readonly jobMs: number;
}

/** Thrown inside a reading when mod_freetdm is not there. */
class ModuleMissing extends Error {}

/**
 * Reads all spans.
 * @returns what is wrong @throws driver.*, transport.*, codec.* when nothing could be read
 */
export async function readSite(
  parts: ReadingParts,
  signal: AbortSignal,
): Promise<readonly GearFinding[]> {
  const { site, wedges } = parts;
  try {
    const findings: GearFinding[] = [];
    await readRunning(parts, signal);
    const isListed = await readList(parts, signal);
    const read = await Promise.all(site.spanIds.map((id) => readSpan(parts, id, signal)));
    findings.push(...read.filter((finding) => finding !== undefined));
    site.takeSuspended(on(parseChannelFlags(await ftdm(parts, 'core flag suspended', signal))));
    if (wedges.spans.length > 0) await readWedged(parts, signal);
    else if (!isListed) findings.push(LIST_WEDGED);
    await readDirections(parts, signal);
    for (const id of site.spanIds) {
      const span = site.span(id);
      if (span === undefined) continue;
      if (wedges.has(id)) findings.push(wedgedFinding(span.name));
      else if (isListed && span.listed === undefined) findings.push(noSignalling(span.name));
    }
    return [...findings, ...linkFindings(parts)];
  } catch (error) {
    if (!(error instanceof ModuleMissing)) throw error;
    site.forget();
    return [MODULE_MISSING, ...linkFindings(parts)];
  }
}

/** Reads one span again, or only some of its channels. Nothing when it is wedged. */
export async function readChannels(
  parts: ReadingParts,
  id: number,
  channels: readonly number[],
  signal: AbortSignal,
): Promise<void> {
  const outputs = await Promise.all(
    channels.map((channel) => job(parts, id, `ftdm dump ${String(id)} ${String(channel)}`, signal)),
  );
  for (const output of outputs)
    if (output !== undefined)
      for (const record of parseChannelDump(output)) parts.site.takeChannel(record);
}

/** @returns what is wrong with the span's answer */
export async function readSpan(
  parts: ReadingParts,
  id: number,
  signal: AbortSignal,
): Promise<GearFinding | undefined> {
  const { site } = parts;
  const output = await job(parts, id, `ftdm dump ${String(id)}`, signal);
  if (output === undefined) return undefined;
  try {
    site.takeDump(id, parseChannelDump(output));
    return undefined;
  } catch (error) {
    if (!isCode(error, 'codec.malformed', 'driver.denied')) throw error;
    return unreadable(site.span(id)?.name, error);
  }
}

/** Reads the list again. @returns whether it answered */
export async function readList(parts: ReadingParts, signal: AbortSignal): Promise<boolean> {
  // A wedged span holds the list too.
  if (parts.wedges.spans.length > 0) return false;
  const output = await job(parts, 'list', 'ftdm list', signal);
  if (output === undefined) return false;
  parts.site.takeList(parseSpanList(output));
  return true;
}

async function readRunning(parts: ReadingParts, signal: AbortSignal): Promise<void> {
  const started = parseSpanFlags(await ftdm(parts, 'core spanflag started', signal));
  const others = parseSpanFlags(await ftdm(parts, 'core spanflag !started', signal));
  const ids = started.map(({ of }) => of);
  const all = new Set([...ids, ...others.map(({ of }) => of)].sort((a, b) => a - b));
  parts.site.takeRunning(all, new Set(ids));
  for (const id of parts.wedges.spans) parts.site.takeWedged(id);
}

/** Of spans that hang, what the core knows. */
async function readWedged(parts: ReadingParts, signal: AbortSignal): Promise<void> {
  const { site, wedges } = parts;
  const states = parseChannelStates(await ftdm(parts, 'core state !DOWN', signal));
  const alarmed = on(parseChannelFlags(await ftdm(parts, 'core flag in-alarm', signal)));
  const stateOf = new Map(states.map((each) => [keyOf(each), each.state]));
  const isAlarmed = new Set(alarmed.map(keyOf));
  for (const id of wedges.spans) {
    site.takeWedged(id);
    const known = site.span(id)?.channels;
    const channels =
      known === undefined || known.size === 0
        ? parseChannelFlags(await ftdm(parts, `core flag in-use ${String(id)}`, signal)).map(
            ({ of }) => of.channelId,
          )
        : [];
    site.takeCore(id, channels, stateOf, isAlarmed);
  }
}

async function readDirections(parts: ReadingParts, signal: AbortSignal): Promise<void> {
  if (!parts.site.hasUndirectedCalls) return;
  const shown = await parts.link.api('show channels like FreeTDM', signal);
  for (const call of parseShownCalls(shown)) parts.site.takeCall(call);
}

/** A command that answers without a lock. */
async function ftdm({ link }: ReadingParts, words: string, signal: AbortSignal): Promise<string> {
  const text = await link.api(`ftdm ${words}`, signal);
  if (isModuleMissing(text)) throw new ModuleMissing();
  return text;
}

/**
 * The output of a command that may hang; undefined when it does, or did before.
 * @throws as EslLink.background
 */
async function job(
  parts: ReadingParts,
  wedge: Wedge,
  command: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { link, wedges, timers, jobMs } = parts;
  if (wedges.has(wedge)) return undefined;
  const running = await link.background(command, signal);
  const limit = deadline(timers, jobMs, `\`${command}\``, signal);
  try {
    const text = await limit.race(running.output);
    if (isModuleMissing(text)) throw new ModuleMissing();
    return text;
  } catch (error) {
    if (!isCode(error, 'driver.timeout') || signal.aborted) throw error;
    // Does the server still answer what takes no lock? Then it is the lock.
    await ftdm(parts, 'core spanflag started', signal);
    wedges.add(wedge, running);
    return undefined;
  } finally {
    limit.cancel();
  }
}

function on<T>(flagged: readonly { readonly of: T; readonly isOn: boolean }[]): readonly T[] {
  return flagged.filter(({ isOn }) => isOn).map(({ of }) => of);
}

function linkFindings({ link }: ReadingParts): readonly GearFinding[] {
  const { state } = link;
  return state.kind === 'connected' && state.missing.includes('log') ? [NO_LOG] : [];
}

// What is wrong without being an alarm of a span, in a form a technician can act on.

import { CraftportError, isCode } from '../../base/error.ts';
import type { GearFinding } from '../../span/gear-driver.ts';
import type { AlarmReport } from '../../span/span.ts';

/** Why there is no conversation with FreeSWITCH. */
export function linkFinding(error: unknown): GearFinding {
  return { code: linkCode(error), span: undefined, message: messageOf(error) };
}

function linkCode(error: unknown): string {
  if (isCode(error, 'driver.login-refused')) return 'gear.login-refused';
  if (isCode(error, 'driver.access-refused')) return 'gear.acl-refused';
  if (isCode(error, 'driver.timeout')) return 'gear.no-reply';
  if (isCode(error) && error.code.startsWith('transport.')) return 'gear.unreachable';
  return isCode(error) ? error.code : 'driver.failed';
}

function messageOf(error: unknown): string {
  return error instanceof CraftportError ? error.message : 'The driver failed; the log says more';
}

export const MODULE_MISSING: GearFinding = {
  code: 'freetdm.module-not-loaded',
  span: undefined,
  message:
    'FreeSWITCH runs without mod_freetdm: no span is served. A mistake in freetdm.conf makes the whole module refuse to load; `load mod_freetdm` on its console says which.',
};

/** The module is gone: that is an alarm of the gear itself, not only a remark. */
export const MODULE_ALARM: AlarmReport = {
  span: undefined,
  name: 'mod_freetdm not loaded',
  severity: 'critical',
  explanation: MODULE_MISSING.message,
};

export function wedgedFinding(span: string): GearFinding {
  return {
    code: 'span.wedged',
    span,
    message: `FreeTDM does not answer for span ${span} any more and will not until FreeSWITCH is killed (SIGKILL; a shutdown hangs too). It is not asked again. Other spans go on.`,
  };
}

export const LIST_WEDGED: GearFinding = {
  code: 'freetdm.list-wedged',
  span: undefined,
  message:
    'FreeTDM does not answer `ftdm list` any more, though every span answers for itself. Names and signalling are as last read.',
};

export const NO_LOG: GearFinding = {
  code: 'freetdm.no-log',
  span: undefined,
  message:
    'This user may not read the log, and FreeTDM tells of a lost D-channel nowhere else: it is seen at the next reading only.',
};

export function noSignalling(span: string): GearFinding {
  return {
    code: 'freetdm.span-without-signalling',
    span,
    message: `Span ${span} is in freetdm.conf but no signalling stack runs it: its entry in freetdm.conf.xml is missing or has a mistake.`,
  };
}

export function unreadable(span: string | undefined, error: CraftportError): GearFinding {
  return {
    code: error.code === 'codec.malformed' ? 'driver.unexpected-reply' : error.code,
    span,
    message: error.message,
  };
}

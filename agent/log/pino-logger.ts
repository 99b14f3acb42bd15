// The logger: JSON lines by pino. Redaction happens here, by key name, so no caller can forget.

import { pino, type DestinationStream, type Logger as Pino } from 'pino';
import { CraftportError } from '../base/error.ts';
import type { LogFields, Logger } from '../base/logger.ts';
import { maskSecrets } from '../base/mask.ts';
import type { LogLevel } from '../config/log-level.ts';

/** A logger that writes JSON lines to `destination`, one for each message at or above `level`. */
export function createLogger(level: LogLevel, destination: DestinationStream): Logger {
  const root = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  return wrap(root);
}

function wrap(target: Pino): Logger {
  const write =
    (level: Exclude<LogLevel, 'silent'>) =>
    (message: () => string, fields: LogFields = {}): void => {
      if (target.isLevelEnabled(level)) target[level](redact(fields), message());
    };
  return {
    error: write('error'),
    warn: write('warn'),
    info: write('info'),
    debug: write('debug'),
    child: (module, fields = {}) => wrap(target.child(redact({ module, ...fields }))),
  };
}

function redact(fields: LogFields): Record<string, unknown> {
  const plain = Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [
      key,
      value instanceof Error ? describeError(value) : value,
    ]),
  );
  return maskSecrets(plain) as Record<string, unknown>;
}

/** A bug is logged with its stack; an expected error with its code. Field values stay out. */
function describeError(error: Error): LogFields {
  const cause = error.cause instanceof Error ? { cause: describeError(error.cause) } : {};
  return error instanceof CraftportError
    ? { code: error.code, message: error.message, ...cause }
    : { name: error.name, message: error.message, stack: error.stack, ...cause };
}

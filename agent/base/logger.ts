// What the rest of the agent knows of logging. The pino logger in agent/log implements it and
// redacts; callers never need to.

export type LogFields = Readonly<Record<string, unknown>>;

export interface Logger {
  /** The message is a function so that a silent level costs nothing. */
  error(message: () => string, fields?: LogFields): void;
  warn(message: () => string, fields?: LogFields): void;
  info(message: () => string, fields?: LogFields): void;
  debug(message: () => string, fields?: LogFields): void;
  /** A logger whose every line carries `module` and `fields`. */
  child(module: string, fields?: LogFields): Logger;
}

export const silentLogger: Logger = {
  error() {},
  warn() {},
  info() {},
  debug() {},
  child: () => silentLogger,
};

// What the driver reads: DAHDI's files on this host, behind an interface so that tests bring
// their own.

export interface DahdiFiles {
  /** Text of `/proc/dahdi/<n>`, by n. @throws transport.not-found without that folder */
  spans(): Promise<ReadonlyMap<number, string>>;
  /** Text of system.conf; undefined: it is not there, or not for us to read. */
  systemConf(): Promise<string | undefined>;
}

/** One call, one look at the files. */
export type OpenDahdi = (signal: AbortSignal) => Promise<DahdiFiles>;

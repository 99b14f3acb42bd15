// How long a conversation with a command line waits for what.

/** Times in milliseconds. */
export interface CliPacing {
  /** Silence after which the last line is judged: three characters at 9600 baud and an adapter's latency. */
  readonly settleMs: number;
  /** Silence at attach before anything is sent. */
  readonly listenMs: number;
  /** How long a half-typed line must stand still at attach to be nobody's any more. */
  readonly leftOverMs: number;
  readonly echoMs: number;
  /** Silence after which an answer is given up; every byte starts it anew. */
  readonly replyMs: number;
  /** However much arrives, no answer is awaited longer. */
  readonly longestMs: number;
  /** Quiet at a bare prompt after which automation goes on behind another person. */
  readonly resumeMs: number;
  /** Idle time after which a return asks whether the gear is still there; 0 for never. */
  readonly keepAliveMs: number;
}

export const CLI_PACING: CliPacing = {
  settleMs: 50,
  listenMs: 300,
  leftOverMs: 3000,
  echoMs: 3000,
  replyMs: 20_000,
  longestMs: 600_000,
  resumeMs: 60_000,
  keepAliveMs: 60_000,
};

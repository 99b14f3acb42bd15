// The agent's figures in Prometheus' text format. Labels are route patterns, methods and status
// numbers, so that their number is bounded by the program, not by its clients.

import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { databaseSize } from './database-size.ts';
import type { EventStreamCounters } from './event-stream.ts';
import type { ObservedRequest } from './pipeline.ts';
import type { Route } from './route.ts';

export interface MetricsOptions {
  /** Commits and the units of work in them, since the start. */
  readonly store: () => { readonly commits: number; readonly units: number };
  readonly events: () => EventStreamCounters;
  /** The database file; what is beside it with `-wal` counts too. */
  readonly databaseFile: string;
  readonly version: string;
}

/** Seconds; from a cached read to a job's upload. */
const DURATIONS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];

export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Counter;
  readonly #durations: Histogram;

  constructor(options: MetricsOptions) {
    const registers = [this.#registry];
    // A sample every 50 ms: an agent at rest should let its processor sleep.
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: 50 });
    this.#requests = new Counter({
      name: 'craftport_http_requests_total',
      help: 'Requests by method, route pattern and status',
      labelNames: ['method', 'route', 'status'],
      registers,
    });
    this.#durations = new Histogram({
      name: 'craftport_http_request_duration_seconds',
      help: 'Time from the request to the end of its reply; event streams are left out',
      labelNames: ['method', 'route'],
      buckets: DURATIONS_S,
      registers,
    });
    const counter = (name: string, help: string, read: () => number): void => {
      new Counter({
        name,
        help,
        registers,
        collect() {
          this.reset();
          this.inc(read());
        },
      });
    };
    counter('craftport_store_commits_total', 'Commits', () => options.store().commits);
    counter('craftport_store_units_total', 'Units of work in them', () => options.store().units);
    counter(
      'craftport_event_clients_dropped_total',
      'Followers of events dropped because they did not read',
      () => options.events().dropped,
    );
    counter(
      'craftport_event_gaps_total',
      'Followers told that events they asked for are gone',
      () => options.events().gaps,
    );
    new Gauge({
      name: 'craftport_event_clients',
      help: 'Followers of events',
      registers,
      collect() {
        this.set(options.events().clients);
      },
    });
    new Gauge({
      name: 'craftport_database_bytes',
      help: 'Size of the database on disk',
      labelNames: ['file'],
      registers,
      async collect() {
        const { database, wal } = await databaseSize(options.databaseFile);
        this.set({ file: 'database' }, database);
        this.set({ file: 'wal' }, wal);
      },
    });
    new Gauge({
      name: 'craftport_info',
      help: 'The version of the program, as a label',
      labelNames: ['version'],
      registers,
    }).set({ version: options.version }, 1);
  }

  /** For PipelineOptions.observe. */
  observe({ method, route = 'none', status, durationMs, isStream }: ObservedRequest): void {
    this.#requests.inc({ method, route, status });
    if (!isStream) this.#durations.observe({ method, route }, durationMs / 1000);
  }

  /** The text of now, and its content type. */
  async text(): Promise<{ readonly type: string; readonly text: string }> {
    return { type: this.#registry.contentType, text: await this.#registry.metrics() };
  }
}

export function metricsRoutes(metrics: Metrics): Route[] {
  return [
    {
      path: '/metrics',
      methods: {
        GET: {
          access: 'token',
          // Prometheus asks for the version of the format as a parameter.
          produces: ['text/plain', 'text/plain; version=0.0.4'],
          summary: 'Figures for Prometheus',
          handle: async () => {
            const { type, text } = await metrics.text();
            return {
              raw: (response) => {
                response.setHeader('content-type', type);
                response.setHeader('cache-control', 'no-store');
                response.end(text);
              },
            };
          },
        },
      },
    },
  ];
}

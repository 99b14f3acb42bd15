// All resources of one store (the global one, or one account's), compiled and indexed. A change
// compiles the changed document alone. Single-threaded use: an evaluation never awaits.

import type { JsonObject } from '../base/json.ts';
import type { Numbers } from '../number/numbers.ts';
import type { PatternCache } from '../pattern/pattern-cache.ts';
import type { RoutingConfig } from './config.ts';
import { compileResource, type CompileContext, type Resource } from './resource.ts';
import { RuleIndex } from './rule-index.ts';

export interface CompiledSetOptions {
  readonly config: RoutingConfig;
  readonly numbers: Numbers;
  readonly patterns: PatternCache;
  /** Whether these are the system-wide resources; an account's own otherwise. */
  readonly global: boolean;
}

/** Build one for each store, and anew when the settings change. */
export class CompiledSet {
  readonly config: RoutingConfig;
  readonly numbers: Numbers;
  readonly patterns: PatternCache;
  readonly global: boolean;
  readonly index = new RuleIndex<Resource>();
  readonly #documents = new Map<string, readonly Resource[]>();
  readonly #byClass = new Map<string, Set<Resource>>();
  /** Documents that carry no known class, and are nothing therefore. */
  readonly #classless = new Map<string, JsonObject>();
  #sorted: readonly Resource[] | undefined;
  #evaluation = 0;

  constructor(options: CompiledSetOptions) {
    this.config = options.config;
    this.numbers = options.numbers;
    this.patterns = options.patterns;
    this.global = options.global;
  }

  get size(): number {
    return this.#documents.size;
  }

  /** Adds the document `id`, or replaces it. */
  put(id: string, doc: JsonObject): void {
    this.remove(id);
    const { config, numbers, patterns } = this;
    const context: CompileContext = { config, numbers, patterns };
    const resources = compileResource(id, doc, context, this.index);
    this.#documents.set(id, resources);
    if (resources.length === 0) this.#classless.set(id, doc);
    this.#sorted = undefined;
    for (const resource of resources) {
      if (resource.classifier === undefined || !resource.enabled) continue;
      const carriers = this.#byClass.get(resource.classifier);
      if (carriers === undefined) this.#byClass.set(resource.classifier, new Set([resource]));
      else carriers.add(resource);
    }
  }

  /** @returns whether the document was there. */
  remove(id: string): boolean {
    for (const resource of this.#documents.get(id) ?? []) {
      for (const rule of resource.rules.entries) this.index.remove(rule, resource);
      if (resource.classifier !== undefined) {
        this.#byClass.get(resource.classifier)?.delete(resource);
      }
    }
    this.#classless.delete(id);
    this.#sorted = undefined;
    return this.#documents.delete(id);
  }

  /** Enabled resources that carry the class, if any. */
  carriers(classifier: string | undefined): ReadonlySet<Resource> | undefined {
    const carriers = classifier === undefined ? undefined : this.#byClass.get(classifier);
    return carriers === undefined || carriers.size === 0 ? undefined : carriers;
  }

  /** Every resource in ascending `_id`, for explanations and inbound recognition. */
  all(): readonly Resource[] {
    this.#sorted ??= [...this.#documents.keys()]
      .sort(compareIds)
      .flatMap((id) => this.#documents.get(id) ?? []);
    return this.#sorted;
  }

  /** The document `id` as it was put in; undefined when it is not there. */
  document(id: string): JsonObject | undefined {
    return this.#documents.get(id)?.[0]?.doc ?? this.#classless.get(id);
  }

  /** Ids and documents that carry only classes nobody knows, in ascending `_id`. */
  classless(): readonly (readonly [string, JsonObject])[] {
    return [...this.#classless].sort(([a], [b]) => compareIds(a, b));
  }

  /**
   * Each document once, in ascending `_id`, for what looks at gateways and not at rules. A
   * document split by classes stands for itself here; one that carries only unknown classes
   * takes part in nothing and is left out, as in Kazoo.
   */
  documents(): Resource[] {
    const found: Resource[] = [];
    for (const resource of this.all()) {
      if (found.at(-1)?.documentId !== resource.documentId) found.push(resource);
    }
    return found;
  }

  /** A number no earlier evaluation had: marks what this one has already looked at. */
  nextEvaluation(): number {
    this.#evaluation++;
    return this.#evaluation;
  }
}

/** `_id` order by code unit: total, and the same on every machine and locale. */
export function compareIds(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

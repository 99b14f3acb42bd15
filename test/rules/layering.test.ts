// The layering table as a test: every import in the tree is allowed by a row of layering.ts.

import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cruise, type ICruiseResult, type IForbiddenRuleType } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { beforeAll, describe, expect, it } from 'vitest';
import { tempDir } from '../support/temp-dir.ts';
import { packageRoot } from '../../agent/config/package-root.ts';
import { LAYERS } from './layering.ts';

const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
const inside = (path: string): string =>
  path.endsWith('.ts') ? `^${escape(path)}$` : `^${escape(path)}/`;

/** What a row forbids: everything but itself, its own folders, its packages and core. */
function rulesOf(row: (typeof LAYERS)[number]): IForbiddenRuleType[] {
  const from = { path: inside(row.from) };
  const own = [row.from, ...row.own].map(inside).join('|');
  const packages = row.npm
    .map((name) => `(^|/)node_modules/(@types/)?${escape(name)}(/|$)`)
    .join('|');
  const name = row.from.replaceAll(/[/.]/g, '-');
  return [
    {
      name: `${name}-own-folders`,
      severity: 'error',
      from,
      to: { path: '^(agent|schemas|main|renderer|test)/', pathNot: own },
    },
    {
      name: `${name}-packages`,
      severity: 'error',
      from,
      to: {
        dependencyTypesNot: ['core', 'local'],
        path: 'node_modules',
        ...(packages === '' ? {} : { pathNot: packages }),
      },
    },
    ...(row.core
      ? []
      : [
          {
            name: `${name}-no-core`,
            severity: 'error' as const,
            from,
            to: { dependencyTypes: ['core' as const] },
          },
        ]),
  ];
}

async function cruiseTree(folders: readonly string[], baseDir: string): Promise<ICruiseResult> {
  const result = await cruise(
    [...folders],
    {
      baseDir,
      ruleSet: {
        forbidden: [
          ...LAYERS.flatMap(rulesOf),
          { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
          {
            name: 'nothing-imports-tests',
            severity: 'error',
            from: { pathNot: '^test/' },
            to: { path: '^test/' },
          },
          {
            name: 'no-dev-dependency-shipped',
            severity: 'error',
            from: { path: '^(agent|schemas|main|renderer)/', pathNot: 'vite\\.config\\.[jt]s$' },
            // Electron is what the desktop runs in, not what it ships.
            to: { dependencyTypes: ['npm-dev'], pathNot: 'node_modules/(@types|electron)/' },
          },
          {
            name: 'resolves',
            severity: 'error',
            from: {},
            // What the build makes is not there to be found.
            to: { couldNotResolve: true, pathNot: '^virtual:' },
          },
        ],
      },
      validate: true,
      tsPreCompilationDeps: true,
      doNotFollow: { path: 'node_modules' },
      enhancedResolveOptions: {
        exportsFields: ['exports'],
        conditionNames: ['import', 'node', 'default', 'types'],
        extensions: ['.ts', '.js', '.json', '.d.ts'],
      },
    },
    undefined,
    { tsConfig: extractTSConfig(join(packageRoot, 'agent/tsconfig.json')) },
  );
  return result.output as ICruiseResult;
}

describe('layering', () => {
  let result: ICruiseResult;
  beforeAll(async () => {
    result = await cruiseTree(['agent', 'schemas', 'main', 'renderer'], packageRoot);
  }, 60_000);

  it('has a row for every folder of the agent', () => {
    const folders = readdirSync(join(packageRoot, 'agent'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `agent/${entry.name}`);
    const rows = LAYERS.map((row) => row.from);
    expect(folders.filter((folder) => !rows.includes(folder))).toEqual([]);
  });

  it('is kept by every import', () => {
    expect(result.summary.totalCruised).toBeGreaterThan(30);
    expect(
      result.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
    ).toEqual([]);
  });

  it('catches planted violations', async () => {
    const folder = await tempDir();
    const plant = async (file: string, text: string): Promise<void> => {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), text);
    };
    await plant('package.json', '{"type":"module","dependencies":{"express":"5","pino":"10"}}');
    await symlink(join(packageRoot, 'node_modules'), join(folder, 'node_modules'));
    await plant('agent/base/a.ts', "import { b } from '../store/b.ts';\nexport const a = b;\n");
    await plant('agent/store/b.ts', "import { a } from '../base/a.ts';\nexport const b = a;\n");
    await plant('agent/service/c.ts', "import 'express';\nexport const c = 1;\n");
    await plant('agent/resource/d.ts', "import 'node:fs';\nexport const d = 1;\n");
    await plant('agent/http/e.ts', "import 'pino';\nexport const e = 1;\n");
    await plant('agent/http/f.ts', "import 'express';\nimport 'node:http';\nexport const f = 1;\n");
    const planted = await cruiseTree(['agent'], folder);
    expect(
      [
        ...new Set(planted.summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`)),
      ].sort(),
    ).toEqual([
      'agent-base-own-folders: agent/base/a.ts',
      'agent-http-packages: agent/http/e.ts',
      'agent-resource-no-core: agent/resource/d.ts',
      'agent-service-packages: agent/service/c.ts',
      'no-cycles: agent/base/a.ts',
    ]);
  });
});

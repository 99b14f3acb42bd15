// The shape of the package: what stands at the top, what installs, what would be packed.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { packageRoot } from '../../agent/config/package-root.ts';
import { hasPeer } from '../support/peer.ts';

const readJson = (file: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(packageRoot, file), 'utf8')) as Record<string, unknown>;

describe('the package', () => {
  it.runIf(existsSync(join(packageRoot, '.git')) && hasPeer('git'))(
    'has the prescribed top level and nothing else but dotfiles',
    () => {
      // Whoever owns the clone, reading its index runs nothing of it.
      const argv = ['-c', 'safe.directory=*', 'ls-files'];
      const tracked = execFileSync('git', argv, { cwd: packageRoot, encoding: 'utf8' });
      const top = new Set(
        tracked
          .trim()
          .split('\n')
          .map((file) => file.split('/', 1)[0] ?? ''),
      );
      expect([...top].filter((name) => !name.startsWith('.')).sort()).toEqual(
        [
          'package.json',
          'package-lock.json',
          'electron-builder.yml',
          'tsconfig.json',
          'LICENSE',
          'README.md',
          'main',
          'renderer',
          'agent',
          'schemas',
          'test',
        ].sort(),
      );
    },
  );

  it('declares every install script of its dependencies as run or refused', () => {
    const { allowScripts } = readJson('package.json') as { allowScripts: Record<string, boolean> };
    const { packages } = readJson('package-lock.json') as {
      packages: Record<string, { hasInstallScript?: boolean }>;
    };
    const scripted = Object.entries(packages)
      .filter(([, entry]) => entry.hasInstallScript === true)
      .map(([path]) => path.replace(/^.*node_modules\//, ''))
      .filter((name) => name !== '');
    expect(scripted.filter((name) => !(name in allowScripts))).toEqual([]);
    expect(allowScripts).toMatchObject({ sqlite3: true, '@serialport/bindings-cpp': true });
  });

  it('locks no registry host', () => {
    expect(readFileSync(join(packageRoot, 'package-lock.json'), 'utf8')).not.toContain(
      '"resolved"',
    );
  });

  it('has an installer configuration that electron-builder accepts', () => {
    const scheme = readJson('node_modules/app-builder-lib/scheme.json');
    const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(
      scheme,
    );
    const config: unknown = parse(readFileSync(join(packageRoot, 'electron-builder.yml'), 'utf8'));
    expect(validate(config) ? [] : validate.errors).toEqual([]);
    expect(validate({ ...(config as object), linux: { target: 3 } })).toBe(false);
  });
});

// Where the window was, and where it may be now: displays come and go between two starts.

import type { JsonSchema } from '../../schemas/ipc.ts';

export interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface WindowState extends Bounds {
  readonly isMaximized: boolean;
}

export const WINDOW_STATE_SCHEMA: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['x', 'y', 'width', 'height', 'isMaximized'],
  properties: {
    x: { type: 'integer' },
    y: { type: 'integer' },
    width: { type: 'integer', minimum: 1 },
    height: { type: 'integer', minimum: 1 },
    isMaximized: { type: 'boolean' },
  },
};

export const MINIMUM_SIZE = { width: 800, height: 560 } as const;
const FIRST_SIZE = { width: 1280, height: 800 } as const;
/** So much of the title bar must be on a display that the window can be dragged back. */
const GRIP = { width: 120, height: 32 } as const;

/**
 * @param saved what was remembered; undefined at a first start
 * @param displays work areas, the primary one first; at least one
 */
export function placeWindow(
  saved: WindowState | undefined,
  displays: readonly Bounds[],
): WindowState {
  const primary = displays[0] ?? { x: 0, y: 0, ...FIRST_SIZE };
  const home =
    saved === undefined ? undefined : displays.find((display) => canGrip(saved, display));
  if (saved === undefined || home === undefined) {
    const size = fit(saved ?? FIRST_SIZE, primary);
    return {
      x: primary.x + Math.round((primary.width - size.width) / 2),
      y: primary.y + Math.round((primary.height - size.height) / 2),
      ...size,
      isMaximized: saved?.isMaximized ?? false,
    };
  }
  const size = fit(saved, home);
  return { x: saved.x, y: Math.max(saved.y, home.y), ...size, isMaximized: saved.isMaximized };
}

function canGrip(bounds: Bounds, display: Bounds): boolean {
  const width =
    Math.min(bounds.x + bounds.width, display.x + display.width) - Math.max(bounds.x, display.x);
  const isTitleOn =
    bounds.y + GRIP.height > display.y && bounds.y + GRIP.height <= display.y + display.height;
  return width >= GRIP.width && isTitleOn;
}

function fit(
  size: Pick<Bounds, 'width' | 'height'>,
  display: Bounds,
): Pick<Bounds, 'width' | 'height'> {
  return {
    width: Math.min(Math.max(size.width, MINIMUM_SIZE.width), display.width),
    height: Math.min(Math.max(size.height, MINIMUM_SIZE.height), display.height),
  };
}

// Debian's Chromium, told by playwright-core.

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';

const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Why there is no browser to test with; none where there is one. In CI a missing browser is a failure, not a reason. */
export function missing(): string | null {
  if (existsSync(EXECUTABLE) || (process.env.CI ?? '') !== '') return null;
  return `${EXECUTABLE} is absent: install Debian's \`chromium\`, or name one in CHROMIUM`;
}

export function launch(): Promise<Browser> {
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];
  return chromium.launch({ executablePath: EXECUTABLE, args: ['--no-sandbox', '--disable-gpu', ...quiet] });
}

/** What the browser complains about: refused by the page's policy, thrown, not loaded. */
export function complaints(page: Page): string[] {
  const all: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') all.push(message.text());
  });
  page.on('pageerror', (error) => all.push(error.message));
  return all;
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Serious violations of WCAG 2.2 A and AA (contrast among them), one line each. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    const { axe: here } = window as unknown as { axe: typeof axe };
    // The pseudo elements of this page are transparent, or lines beside the text. The rest are axe's own defaults.
    const options = {
      ignorePseudo: true,
      ignoreUnicode: true,
      ignoreLength: false,
      boldValue: 700,
      boldTextPt: 14,
      largeTextPt: 18,
      contrastRatio: { normal: { expected: 4.5 }, large: { expected: 3 } },
      pseudoSizeThreshold: 0.25,
      shadowOutlineEmMax: 0.2,
      textStrokeEmMin: 0.03,
    };
    here.configure({ checks: [{ id: 'color-contrast', options }] });
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const { violations } = await here.run(document, { runOnly: tags });
    return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  });
  return found.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html} ${node.failureSummary ?? ''}`),
  );
}

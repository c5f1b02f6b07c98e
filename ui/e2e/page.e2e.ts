import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { complaints, launch, missing, violations } from './browser';
import { DEMO, type Evidence, Server } from './server';

const reason = missing();
if (reason !== null) console.warn(`the page is not tested: ${reason}`);

const digestOf = (kind: string): string => DEMO.find((entry) => entry.kind === kind)?.digest ?? '';
/** The digest of shop:1.1, that went the whole way. */
const SHOP = digestOf('running');
const HOSTILE = `sha256:${'e1'.repeat(32)}`;
const MARKUP = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>';

const now = (kind: string, digest: string, summary: string, body: unknown = {}): Evidence => ({
  time: new Date().toISOString(),
  digest,
  kind,
  actor: 'e2e',
  summary,
  body,
});

describe.skipIf(reason !== null)('the page', () => {
  let server: Server;
  let browser: Browser;
  let page: Page;
  let said: string[];

  beforeAll(async () => {
    server = new Server();
    await server.start();
    for (const entry of DEMO) await server.add(entry);
    const body = {
      reference: `registry.example.com/${MARKUP}:1`,
      [MARKUP]: MARKUP,
      verdict: {
        outcome: 'deny',
        reasons: [{ outcome: 'deny', message: MARKUP, remedy: MARKUP, rule: MARKUP }],
      },
    };
    await server.add(now('built', HOSTILE, MARKUP, body));
    await server.add(now('alerted', HOSTILE, MARKUP, { alert: { rule: MARKUP, priority: MARKUP } }));
    browser = await launch();
  });
  afterAll(async () => {
    await (browser as Browser | undefined)?.close();
    await (server as Server | undefined)?.remove();
  });
  beforeEach(async () => {
    page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' });
    said = complaints(page);
  });
  afterEach(async () => {
    await page.close();
  });

  const openList = async (): Promise<void> => {
    await page.goto(server.page);
    await page.locator('.row .name').first().waitFor();
  };
  const openTrail = async (digest: string): Promise<void> => {
    await page.goto(`${server.page}/digests/${digest}`);
    await page.locator('.event').first().waitFor();
  };

  it('lists every digest, what happened to it, and that the chain is whole', async () => {
    await openList();
    expect(await page.locator('.row .name').count()).toBe(new Set(DEMO.map(({ digest }) => digest)).size + 1);
    const shop = page.locator('.row', { hasText: SHOP.slice(7, 19) });
    expect(await shop.locator('.name').textContent()).toBe('shop:1.1');
    expect(await shop.locator('.status').textContent()).toBe('Alerted');
    expect(await shop.locator('.chip').allTextContents()).toContain('Promoted');
    await page.getByText('Chain verified').click();
    expect(await page.locator('.popover').textContent()).toMatch(/All \d+ entries were recomputed/);
    expect(said).toEqual([]);
  });

  it('keeps the filter in the address', async () => {
    await openList();
    await page.keyboard.press('/');
    await page.keyboard.type('shop:1.0');
    await page.waitForURL('**/?q=shop%3A1.0');
    await expect.poll(() => page.locator('.row .name').allTextContents()).toEqual(['shop:1.0']);
    await page.reload();
    await expect.poll(() => page.locator('.row .name').allTextContents()).toEqual(['shop:1.0']);
    expect(await page.getByRole('searchbox').inputValue()).toBe('shop:1.0');
    await page.getByRole('searchbox').fill('there is no such name');
    await page.getByText('Nothing matches').waitFor();
    await page.getByRole('link', { name: 'Show all' }).click();
    await expect.poll(() => page.locator('.row .name').count()).toBeGreaterThan(2);
    expect(await page.getByRole('searchbox').inputValue()).toBe('');
    // The field does not bring back what it held.
    await page.waitForTimeout(400);
    expect(page.url()).toBe(`${server.page}/`);
    expect(said).toEqual([]);
  });

  it('tells the whole way of a digest in order', async () => {
    await openTrail(SHOP);
    const heads = await page.locator('.event h2').allTextContents();
    const way = ['Scanned', 'Gate passed', 'Signed', 'Attested', 'Verified', 'Promoted', 'Admitted'];
    const end = ['Admission denied', 'Running', 'Alerted', 'Responded'];
    expect([...new Set(heads)]).toEqual([...way, ...end]);
    expect(heads.length).toBe(DEMO.filter(({ digest }) => digest === SHOP).length);
    const event = (name: string) =>
      page.locator('.event', { has: page.getByRole('heading', { name, exact: true }) });
    expect(await event('Promoted').locator('ins').allTextContents()).toContain(
      'newTag: "1.1" # set by `seawall promote`',
    );
    expect(await event('Admission denied').textContent()).toMatch(/Pod shop\/privileged.*is privileged/);
    expect(await event('Alerted').textContent()).toMatch(/Warning.*Shell started.*Command.*sh -c/);
    expect(await event('Responded').first().textContent()).toMatch(/done.*kill-process: killed process/);
    expect(await event('Running').textContent()).toContain('Runtime');
    expect(said).toEqual([]);
  });

  it('shows findings, reasons with remedies, and the evidence as JSON', async () => {
    await openTrail(digestOf('gated'));
    const [scanned, gated] = [page.locator('.event').nth(0), page.locator('.event').nth(1)];
    expect(await scanned.textContent()).toMatch(/1 critical.*6 high.*3 medium.*10 findings · 10 with a fix/);
    expect(await gated.textContent()).toMatch(
      /7 reasons against it, 3 warnings.*upgrade minimist to 1\.2\.6/,
    );
    await gated.getByText('5 more reasons').click();
    expect(await gated.locator('.reasons li:visible').count()).toBe(10);
    await scanned.getByText('Evidence').click();
    const json = async () =>
      JSON.parse((await scanned.locator('pre').textContent()) ?? '') as Record<string, unknown>;
    expect(Object.keys(await json())).toEqual(['reference', 'summary']);
    await scanned.getByRole('button', { name: 'Load report' }).click();
    await expect.poll(async () => Object.keys(await json())).toContain('report');
    expect(said).toEqual([]);
  });

  it('shows hostile text as text', async () => {
    await openList();
    expect(await page.locator('.last .what').first().textContent()).toBe(MARKUP);
    await openTrail(HOSTILE);
    expect(await page.locator('.event h2').count()).toBe(2);
    await page.getByText('Evidence').first().click();
    expect(await page.locator('.event').first().locator('.reasons p').first().textContent()).toBe(MARKUP);
    expect(await page.locator('.event').nth(1).locator('.summary').textContent()).toBe(MARKUP);
    expect(await page.locator('main img, main script').count()).toBe(0);
    expect(await page.evaluate(() => 'hit' in window)).toBe(false);
    expect(said).toEqual([]);
  });

  it('can be walked by keyboard alone', async () => {
    const focused = () => page.evaluate(() => document.activeElement?.textContent.trim() ?? '');
    await openList();
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Skip to content');
    await page.keyboard.press('/');
    await page.keyboard.type(SHOP.slice(0, 20));
    await expect.poll(() => page.locator('.row .name').count()).toBe(1);
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('shop:1.1');
    await page.keyboard.press('Enter');
    await page.locator('.event').first().waitFor();
    for (let n = 0; n < 20 && (await focused()) !== 'Evidence'; n += 1) await page.keyboard.press('Tab');
    expect(await focused()).toBe('Evidence');
    await page.keyboard.press('Enter');
    await page.locator('.event pre:visible').waitFor();
    await page.goBack();
    await expect.poll(() => page.locator('.row .name').allTextContents()).toEqual(['shop:1.1']);
    expect(said).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('is accessible and drawn in the %s scheme', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    await openList();
    expect(await violations(page)).toEqual([]);
    await page.getByText('Chain verified').click();
    expect(await violations(page)).toEqual([]);
    const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(background).toBe(colorScheme === 'dark' ? 'rgb(15, 18, 20)' : 'rgb(247, 247, 245)');
    for (const digest of [SHOP, digestOf('gated')]) {
      await openTrail(digest);
      await page.getByText('Evidence').first().click();
      expect(await violations(page)).toEqual([]);
    }
    expect(await colours(browser, page)).toBeGreaterThan(50);
    expect(said).toEqual([]);
  });

  it('fits a narrow screen', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    for (const open of [openList, () => openTrail(SHOP), () => openTrail(digestOf('gated'))]) {
      await open();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    }
  });

  it('follows the ledger and keeps the reader where they are', async () => {
    await openTrail(SHOP);
    await page.getByText('Live', { exact: true }).waitFor();
    const before = await page.locator('.event').count();
    await page.locator('.event').nth(4).locator('summary').focus();
    const place = await page.evaluate(() => window.scrollY);
    await server.add(now('verified', SHOP, 'verified once more'));
    await expect.poll(() => page.locator('.event').count(), { timeout: 8000 }).toBe(before + 1);
    expect(await page.locator('.event .summary').last().textContent()).toBe('verified once more');
    expect(await page.evaluate(() => window.scrollY)).toBe(place);
    expect(await page.locator('.event').nth(4).locator('summary:focus').count()).toBe(1);
    await expect
      .poll(() => page.locator('[aria-live=polite]').allTextContents())
      .toContain('Verified: verified once more');

    await openList();
    await page.getByText('Live', { exact: true }).waitFor();
    const last = page.locator('.row .name').last();
    const name = await last.getAttribute('href');
    await last.focus();
    const digest = `sha256:${'ab'.repeat(32)}`;
    await server.add(now('built', digest, 'pushed', { reference: 'registry.example.com/team/fresh:2.0' }));
    await expect
      .poll(() => page.locator('.row .name').first().textContent(), { timeout: 8000 })
      .toBe('fresh:2.0');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('href'))).toBe(name);
    expect(said).toEqual([]);
  });

  it('shows by itself what could not be loaded at first', async () => {
    await page.route('**/api/v1/digests?*', (route) => route.abort(), { times: 1 });
    await page.route('**/api/v1/trail/**', (route) => route.abort(), { times: 1 });
    await openList();
    await openTrail(SHOP);
    expect(said.every((text) => text.includes('ERR_FAILED'))).toBe(true);
  });

  it('comes back when the server does', async () => {
    await openTrail(SHOP);
    await page.getByText('Live', { exact: true }).waitFor();
    const before = await page.locator('.event').count();
    await server.stop();
    await page.getByText('Reconnecting…').waitFor();
    await server.start();
    await server.add(now('verified', SHOP, 'while nobody looked'));
    await page.getByText('Live', { exact: true }).waitFor();
    await expect.poll(() => page.locator('.event').count(), { timeout: 8000 }).toBe(before + 1);
  });
});

/** How many colours a picture of the page has: a blank one has one. */
async function colours(browser: Browser, page: Page): Promise<number> {
  const picture = (await page.screenshot()).toString('base64');
  const blank = await browser.newPage();
  const found = await blank.evaluate(async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext('2d');
    context?.drawImage(image, 0, 0);
    const pixels = context?.getImageData(0, 0, image.width, image.height).data;
    return new Set(new Uint32Array(pixels?.buffer ?? new ArrayBuffer(0))).size;
  }, picture);
  await blank.close();
  return found;
}

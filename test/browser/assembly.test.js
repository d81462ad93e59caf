// An assembly on three devices at once: a scribe whose line is cut, a scribe with a
// line, and the big screen; no answer is lost, both stand side by side until a person
// chooses. And the interpreter's page in Arabic, on a narrow phone.
import assert from 'node:assert/strict';
import { journeys, picture, press, say, sound } from './harness.js';

const journey = journeys();

async function until(page, asked) {
  for (const end = Date.now() + 20_000; !(await page.evaluate(asked));) {
    assert.ok(Date.now() < end, `not within 20 s: ${asked}`);
    await new Promise((r) => setTimeout(r, 50));
  }
}

const button = (page, key) => page.getByRole('button', { name: say('en', key), exact: true });

/** An action for this evening with three asks, everybody in place, ready to begin. */
async function ready(ana, thu) {
  await ana.goto('/stipends/new'); // its day is today, by the program's clock
  const today = await ana.locator('[name=day]').inputValue();
  await ana.goto('/assemblies/new');
  await sound(ana, 'the form of an assembly');
  await ana.locator('[name=title]').fill('Lights on Mill Lane');
  await ana.locator('label', { has: ana.locator('[name=kind][value=action]') }).click();
  await ana.locator('[name=date]').fill(today);
  await ana.locator('[name=time]').fill('18:00');
  await ana.locator('[name=where]').fill('The corner of Mill Lane');
  await ana.locator('[name=goal]').fill('40');
  await ana.locator('label', { has: ana.locator('[name=languages][value=ar]') }).click();
  await ana.locator('[name=who]').fill('Luis'); // looked for last: nothing typed before it is lost
  await Promise.all([ana.waitForLoadState('load'), ana.locator('[name=who]').press('Enter')]);
  await ana.locator('[name=safety] option', { hasText: /^Luis$/ }).first().waitFor({ state: 'attached' });
  await sound(ana, 'somebody was found');
  assert.equal(await ana.locator('[name=where]').inputValue(), 'The corner of Mill Lane');
  assert.ok(!ana.url().includes('Luis'), 'no name in an address');
  await ana.locator('[name=safety]').selectOption({ label: 'Luis' });
  await press(ana, ana.locator('main form .button.primary'));
  const at = new URL(ana.url()).pathname;
  assert.match(at, /^\/assemblies\/[0-9a-f-]{36}$/);
  await sound(ana, 'an idea');
  for (const text of ['Will you put up six lights?', 'Will you pay for them this year?', 'Will you come back in March?']) {
    await ana.goto(at + '/asks/new');
    await ana.locator('[name=issue_name]').fill('Lights');
    await ana.locator('[name=to]').fill('Nora Vance');
    await ana.locator('[name=body]').fill('City of Millbrook');
    await ana.locator('[name=text]').fill(text);
    await press(ana, ana.locator('main form .button.primary'));
  }
  await sound(ana, 'the asks');
  await ana.goto(at + '/sheet');
  await sound(ana, 'the run-sheet');
  await press(ana, ana.locator('li', { hasText: say('en', 'assembly.item.testimony') }).getByRole('button', { name: say('en', 'assembly.remove') }));
  await press(ana, ana.getByRole('link', { name: say('en', 'assembly.item.pin') }));
  await sound(ana, 'a part of the run-sheet');
  await ana.locator('[name=lead]').selectOption({ label: 'Luis' });
  await press(ana, ana.locator('main form .button.primary'));
  await ana.goto(at + '/words/ar');
  await ana.locator('input[name^=title_]').first().fill('هل ستركّبون ستة مصابيح؟');
  await press(ana, ana.locator('main form .button.primary'));
  assert.equal(await ana.locator('main').getByRole('button', { name: say('en', 'assembly.move.approved') }).count(), 0, 'nobody approves their own idea');
  await thu.goto(at);
  for (const to of ['approved', 'turnout', 'ready']) await press(thu, button(thu, `assembly.move.${to}`));
  await sound(thu, 'an assembly that is ready');
  return at;
}

/** The scribe's page, with everything kept that is needed without a line. */
async function scribe(page, at, n) {
  await page.goto(`${at}/scribe/${n}`);
  await page.locator('sb-pin[data-ready]').waitFor();
  await page.locator('sb-offline[data-ready]').first().waitFor({ state: 'attached' });
}

const kept = (page) => until(page, async () => {
  await navigator.serviceWorker.ready;
  const list = await (await caches.open('sb-pages')).keys();
  return navigator.serviceWorker.controller && list.filter((r) => /\/scribe\/[012]$/.test(new URL(r.url).pathname)).length === 3;
});

journey('three devices, one without a line: no answer is lost', async ({ visit }) => {
  const ana = await visit({ role: 'organizer', locale: 'en', width: 360, height: 740, timezoneId: 'America/Los_Angeles' });
  const thu = await visit({ role: 'leader', locale: 'en', width: 320, height: 640, timezoneId: 'America/Los_Angeles' });
  const screen = await visit({ locale: 'en', width: 1280, height: 720 });
  const booth = await visit({ locale: 'en', width: 320, height: 640 });
  const at = await ready(ana, thu);
  await ana.goto(at);
  const link = new URL(await ana.getByRole('link', { name: say('en', 'assembly.screen_open') }).getAttribute('href')).pathname;
  await screen.goto(link);
  await sound(screen, 'the big screen');
  assert.deepEqual((await screen.context().cookies()).filter((c) => c.name !== 'sb_lang'), [], 'the machine in the hall keeps nothing');
  await booth.goto(link + '/in/ar');
  assert.equal(await booth.locator('html').getAttribute('dir'), 'rtl');

  await thu.goto(at + '/run');
  await press(thu, button(thu, 'assembly.move.live'));
  await thu.goto(at + '/run');
  await press(thu, thu.locator('li', { hasText: say('en', 'assembly.item.pin') }).getByRole('button', { name: say('en', 'assembly.start') }));
  await sound(thu, 'the clock');
  await picture(thu, 'assembly-run');
  await screen.getByRole('heading', { name: say('en', 'assembly.asks_said') }).waitFor(); // by itself

  // Scribe one loses the line, and goes on by the keys.
  await scribe(ana, at, 0);
  await sound(ana, 'the scribe');
  await picture(ana, 'assembly-scribe');
  await ana.reload();
  await scribe(ana, at, 0);
  await kept(ana);
  await ana.context().setOffline(true);
  await ana.keyboard.press('1');
  await ana.locator('.outbox-said').first().getByText(say('en', 'outbox.say.saved')).waitFor();
  assert.equal(await ana.locator('.pins [value=yes]').getAttribute('aria-pressed'), 'true');
  await ana.getByRole('link', { name: say('en', 'assembly.ask_next') }).click();
  await ana.getByRole('heading', { level: 1, name: 'Will you pay for them this year?' }).waitFor();
  await ana.locator('sb-pin[data-ready]').waitFor();
  await ana.locator('sb-offline[data-ready]').first().waitFor({ state: 'attached' });
  await ana.keyboard.press('2');
  await ana.locator('.outbox-said').first().getByText(say('en', 'outbox.say.saved')).waitFor();
  await ana.locator('textarea[name=words]').fill('We will look at our budget.');
  await button(ana, 'assembly.words_save').click();
  await ana.locator('.outbox-said').nth(1).getByText(say('en', 'outbox.say.saved')).waitFor();

  // Scribe two, with a line, heard something else.
  await scribe(thu, at, 0);
  const began = Date.now();
  await thu.keyboard.press('3');
  await thu.locator('main').getByText(say('en', 'assembly.answer.no'), { exact: true }).first().waitFor();
  await thu.waitForURL(/\?v=/);
  assert.ok(Date.now() - began < 5000, 'an answer is written down within five seconds');
  await sound(thu, 'the scribe with an answer');
  await screen.locator('.ask-cards li').first().getByText(say('en', 'assembly.answer.no'), { exact: true }).waitFor();
  await scribe(thu, at, 2);
  await thu.keyboard.press('1');
  await thu.waitForURL(/\?v=/);

  // The line is back: what was written arrives, and both answers stand.
  await ana.context().setOffline(false);
  await ana.goto('/outbox');
  await until(ana, async () => (await window.seedbedOutbox.list()).filter((i) => i.state === 'sent').length === 3);
  await screen.getByText(say('en', 'assembly.differ')).waitFor();
  await screen.getByText('We will look at our budget.').waitFor();
  await picture(screen, 'assembly-screen');
  await sound(screen, 'the big screen with answers');
  await ana.goto(at + '/answers');
  await sound(ana, 'two answers that differ');
  await picture(ana, 'assembly-differ');
  assert.equal(await button(ana, 'assembly.choose_this').count() + await ana.getByRole('button', { name: say('en', 'assembly.choose_this') }).count() > 1, true, 'both are there to choose from');
  await press(ana, ana.getByRole('button', { name: `${say('en', 'assembly.choose_this')} ${say('en', 'assembly.answer.yes')}` }));
  await screen.locator('.ask-cards li').first().getByText(say('en', 'assembly.answer.yes'), { exact: true }).waitFor();
  assert.equal(await screen.getByText(say('en', 'assembly.differ')).count(), 0);
  await ana.getByText(say('en', 'assembly.history', { Count: 3 })).waitFor(); // nothing is gone

  // The interpreter has all of it, in Arabic and from right to left.
  await booth.getByText('هل ستركّبون ستة مصابيح؟').waitFor();
  await booth.getByText('We will look at our budget.').waitFor();
  await sound(booth, "the interpreter's page");
  await picture(booth, 'assembly-booth-ar');

  // The end, and what comes next.
  await thu.goto(at + '/run');
  await thu.locator('[name=closing]').fill('Six lights. We will look at the budget together.');
  await press(thu, button(thu, 'assembly.close_now'));
  await sound(thu, 'an assembly that was held');
  await screen.getByText('Six lights. We will look at the budget together.').waitFor();
  await thu.getByText(say('en', 'assembly.next.held')).first().waitFor();
  await ana.goto(at + '/print');
  await sound(ana, 'the run-sheet on paper');
});

for (const locale of ['en', 'ar']) {
  journey(`a negotiation until it is agreed, without scripts, ${locale}`, async ({ visit }) => {
    const page = await visit({ role: 'organizer', locale, javaScriptEnabled: false, width: 320, height: 640, timezoneId: 'America/Los_Angeles' });
    await page.goto('/negotiations/new');
    await page.locator('[name=title]').fill('Lights');
    await page.locator('[name=party]').fill('Nora Vance, City of Millbrook');
    await page.locator('[name=date]').fill('2026-01-05');
    await page.locator('main form .button.primary').click();
    await page.getByRole('button', { name: say(locale, 'assembly.talk.move.held') }).click();
    for (const text of ['Four lights.', 'Six lights by March.']) {
      await page.locator('[name=text]').fill(text);
      await page.getByRole('button', { name: say(locale, 'assembly.talk.agree_save') }).click();
    }
    await page.getByText('Four lights.', { exact: true }).waitFor();
    await page.getByRole('button', { name: say(locale, 'assembly.talk.move.agreed') }).click();
    await page.getByText(say(locale, 'assembly.talk.state.agreed'), { exact: true }).first().waitFor();
  });
}

// A campaign on real screens: at week four somebody is missing (S-04), a house meeting
// is reported (S-05), leaders work at the wall, people hear back, and 64 delegates
// decide (S-06). One campaign, one after the other, as it happens.
import assert from 'node:assert/strict';
import { journeys, press, say, saying, sound, tabTo, picture } from './harness.js';

const journey = journeys();
const t = (key, args) => say('en', key, args);
const h1 = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();
const day = (demo, back = 0) => new Date(demo.now().getTime() - back * 864e5).toISOString().slice(0, 10);

/** The open campaign's address. */
async function campaign(page) {
  await page.goto('/campaigns');
  return page.getByRole('link', { name: 'Fall listening' }).getAttribute('href');
}

async function themeNamed(page, at, name) {
  await page.goto(`${at}/themes`);
  await press(page, page.locator('tbody th').getByRole('link', { name, exact: true }));
  await h1(page, name);
}

for (const locale of ['en', 'ar']) {
  journey(`every page of a campaign is sound on a small phone, ${locale}`, async ({ visit }) => {
    const page = await visit({ role: 'organizer', locale, width: 320, height: 700 });
    const at = await campaign(page);
    for (const path of ['', '/sessions', '/coverage', '/listeners', '/networks', '/themes', '/report-back', '/decision', '/midpoint', '/plan', '/report', '/report?who=all']) {
      await page.goto(at + path);
      await sound(page, at + path);
    }
    await page.goto('/campaigns');
    await sound(page, 'campaigns');
    const done = await page.getByRole('link', { name: 'Summer listening' }).getAttribute('href');
    for (const path of ['', '/coverage', '/themes', '/report-back', '/decision', '/sheet']) {
      await page.goto(done + path);
      await sound(page, done + path);
    }
    await page.goto(`${done}/themes`);
    await press(page, page.locator('tbody th a').first());
    await sound(page, 'a theme');
  });
}

journey('S-04: 93 heard, Vietnamese 6 % of at least 15 %; two listeners move', async ({ visit }) => {
  const page = await visit({ role: 'organizer' });
  const at = await campaign(page);
  await page.goto(at);
  await page.getByText(t('campaign.of', { Now: '93', Of: '200' })).first().waitFor();
  await page.getByText(t('campaign.alert', { Count: '1' })).waitFor();
  assert.match(await page.locator('.notice.late').innerText(), /Vietnamese: 6%, planned at least 15%/);
  await picture(page, 'campaign-week-four');
  await page.goto(`${at}/coverage`);
  const row = (name) => page.locator('#t-language tr', { hasText: name });
  assert.match(await row('Vietnamese').innerText(), /6\s+6%\s+below plan/);
  assert.match(await row('Spanish').innerText(), /30\s+32%\s+on plan/);
  await page.goto(`${at}/midpoint`);
  await press(page, page.getByRole('button', { name: t('campaign.midpoint.save') }));
  await page.getByText(saying('en', 'campaign.needs.change')).first().waitFor();
  await sound(page, 'a check that changes nothing');
  for (const i of [3, 4]) await page.locator('select[name^=move_][name$=_language]').nth(i).selectOption('vi');
  await press(page, page.getByRole('button', { name: t('campaign.midpoint.save') }));
  await page.getByText(t('campaign.flash.checked')).waitFor();
  await page.getByText(t('campaign.change.move_listeners', { Count: '2' })).waitFor();

  const lead = await visit({ role: 'lead' });
  await lead.goto(`${at}/coverage`);
  assert.match(await lead.locator('#t-language tr', { hasText: 'Vietnamese' }).innerText(), /not shown/, 'six people are not told outside the team');
  await sound(lead, 'coverage as the clinic’s leader sees it');
  assert.equal((await lead.request.get(`${at}/themes`)).status(), 403);
});

journey('S-05: Mr. Dang reports a house meeting; two may want to lead', async ({ visit, demo }) => {
  const page = await visit({ role: 'organizer', width: 375, height: 760 });
  const at = await campaign(page);
  await page.goto(`${at}/report?who=all`);
  await page.locator('label', { has: page.locator('input[name=format][value=house_meeting]') }).click();
  await page.locator('input[name=date]').fill(day(demo, 1));
  await page.locator('input[name=time]').fill('18:30');
  await page.locator('input[name=minutes]').fill('90');
  await page.locator('select[name=language]').selectOption('vi');
  await page.locator('select[name=place]').selectOption('hall');
  await page.locator('select[name=facilitator]').selectOption({ label: 'Mr. Dang' });
  await page.locator('input[name=heard]').fill('11');
  for (const [i, [words, n]] of [['Interpreter no-show', '7'], ['Label in English only', '9'], ['Bus 14 cut', '4']].entries()) {
    await page.locator(`input[name=said_${i}]`).fill(words);
    await page.locator(`input[name=said_n_${i}]`).fill(n);
  }
  const leader = async (name) => {
    await page.locator('input[name=q]').fill(name);
    await press(page, page.getByRole('button', { name: t('common.search') }));
    await page.locator('label', { has: page.locator('input[name=leader]'), hasText: name }).click();
  };
  await leader('Hoa');
  await leader('Binh');
  assert.equal(await page.locator('input[name=said_1]').inputValue(), 'Label in English only', 'searching keeps what was typed');
  await press(page, page.getByRole('button', { name: t('listening.file') }));
  await page.getByText(t('listening.error.agreed')).first().waitFor();
  await sound(page, 'without their yes');
  await page.locator('label', { has: page.locator('input[name=agreed]') }).click();
  await press(page, page.getByRole('button', { name: t('listening.file') }));
  await page.getByText(t('listening.flash.reported')).waitFor();
  await sound(page, 'sessions');

  // The class is a place of listening: nobody is named there.
  await page.goto(`${at}/report?who=all`);
  await page.locator('input[name=heard]').fill('9');
  await page.locator('select[name=network]').selectOption({ label: 'The Tuesday cooking class' });
  await page.locator('select[name=facilitator]').selectOption({ label: 'Mr. Dang' });
  await press(page, page.getByRole('button', { name: t('listening.file') }));
  await page.getByText(t('listening.error.nameless')).first().waitFor();

  // A planned one is late, and says so until its report is in.
  await page.goto(`${at}/sessions`);
  await press(page, page.locator('section[aria-labelledby=waiting] th a').first());
  await page.getByText(saying('en', 'listening.report_late')).waitFor();
  await page.locator('input[name=heard]').fill('9');
  await press(page, page.getByRole('button', { name: t('listening.file') }));
  await page.getByText(t('listening.flash.reported')).waitFor();
  await press(page, page.locator('section[aria-labelledby=waiting] th a').first());
  await press(page, page.getByRole('button', { name: t('listening.cancel') }));
  await page.getByText(t('listening.flash.cancelled')).waitFor();
});

journey('leaders work at the wall by keyboard alone; every act is in the log', async ({ visit }) => {
  const org = await visit({ role: 'organizer' });
  const at = await campaign(org);
  await org.goto(at);
  await press(org, org.getByRole('button', { name: t('campaign.move.close') }));
  const page = await visit({ role: 'leader' });
  await page.goto(`${at}/themes`);
  await tabTo(page, page.locator('#f-name'), 120);
  await page.keyboard.type('Language access');
  await page.keyboard.press('Tab');
  await tabTo(page, page.getByRole('button', { name: t('listening.theme_new') }), 20);
  await Promise.all([page.waitForEvent('framenavigated'), page.keyboard.press('Enter')]);
  await page.getByText(t('listening.flash.create')).waitFor();
  for (const name of ['Interpreter no-show', 'Label in English only']) {
    await themeNamed(page, at, name);
    await tabTo(page, page.locator('#f-other'), 120);
    await page.keyboard.type('Language access');
    await page.keyboard.press('Tab');
    await Promise.all([page.waitForEvent('framenavigated'), page.keyboard.press('Enter')]);
    await h1(page, 'Language access');
  }
  await sound(page, 'a theme with two in it');
  await page.goto(`${at}/themes`);
  await page.getByText(t('listening.log.merge', { From: 'Label in English only', To: 'Language access' })).waitFor();
  await sound(page, 'the wall');
  const file = await org.request.get(`${at}/themes.csv`);
  assert.match(await file.text(), /Language access,,\d+,\d+/);
});

journey('S-06: nothing is decided before the report back; then 64 delegates choose two, and two teams begin', async ({ visit, demo }) => {
  const page = await visit({ role: 'organizer' });
  const at = await campaign(page);
  await page.goto(`${at}/themes`);
  await page.locator('input[name=leaders]').fill('0');
  await page.locator('input[name=staff]').fill('3');
  await press(page, page.getByRole('button', { name: t('listening.agree_do') }));
  await page.getByText(t('campaign.needs.leaders')).first().waitFor();
  await page.locator('input[name=leaders]').fill('9');
  await page.locator('input[name=staff]').fill('2');
  await press(page, page.getByRole('button', { name: t('listening.agree_do') }));
  await page.goto(`${at}/decision`);
  await page.getByText(t('campaign.early.decide')).waitFor();
  assert.equal(await page.locator('main form').count(), 0, 'there is no form before people were told');
  await sound(page, 'nothing to decide yet');

  await page.goto(`${at}/sheet?lang=vi`);
  await page.getByText(say('vi', 'campaign.sheet.title')).waitFor();
  await sound(page, 'a sheet in Vietnamese');
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.locator('.print-bar').isVisible(), false, 'the paper has no buttons');
  await page.emulateMedia({ media: 'screen' });
  await page.goto(`${at}/report-back?lang=en`);
  await page.locator('label', { has: page.locator('input[name=how][value=meeting]') }).click();
  await page.locator('input[name=reached]').fill('70');
  for (const l of ['en', 'es', 'vi']) await page.locator('label', { has: page.locator(`input[name=languages][value=${l}]`) }).click();
  await press(page, page.getByRole('button', { name: t('campaign.back_save') }));
  await page.getByText(t('campaign.flash.told')).waitFor();

  await page.goto(`${at}/decision`);
  await page.locator('input[name=q]').fill('Grace');
  await press(page, page.getByRole('button', { name: t('common.search') }));
  await page.locator('input[name=people]').fill('64');
  await page.locator('input[name=institutions]').fill('18');
  await page.locator('input[name=of_institutions]').fill('22');
  await page.locator('label', { has: page.locator('input[name=method][value=dots]') }).click();
  for (const [i, [text, votes, team, chair]] of [['Language access', '91', 'Language team', 'Hoa Le'], ['Rent', '84', 'Rent round table', 'Grace Holloway'], ['Bus 14', '40'], ['Clinic hours', '33']].entries()) {
    await page.locator(`input[name=option_${i}]`).fill(text);
    await page.locator(`input[name=option_${i}_votes]`).fill(votes);
    if (!team) continue;
    await page.locator('label', { has: page.locator(`#chosen-${i}`) }).click();
    await page.locator(`input[name=option_${i}_team]`).fill(team);
    if (i) await page.locator(`select[name=option_${i}_chair]`).selectOption({ label: chair });
  }
  await page.locator('textarea[name=dissent]').fill('Some wanted the bus first.');
  await press(page, page.getByRole('button', { name: t('campaign.decision.save') }));
  await page.getByText(t('campaign.error.chair')).first().waitFor();
  await sound(page, 'a team without a chair');
  await page.locator('select[name=option_0_chair]').selectOption({ label: 'Hoa Le' });
  await press(page, page.getByRole('button', { name: t('campaign.decision.save') }));
  await page.getByText(t('campaign.flash.decided')).waitFor();
  const text = await page.locator('main').innerText();
  for (const want of ['64', '18 of 22', 'Some wanted the bus first.']) assert.ok(text.includes(want), want);
  await sound(page, 'decided');
  await press(page, page.getByRole('link', { name: t('campaign.decision.team') }).first());
  await h1(page, 'Language team');
  assert.match(await page.locator('main').innerText(), /Hoa Le/);
});

journey('three reports written without a line are three sessions, each once, with a receipt', async ({ visit, demo }) => {
  const page = await visit({ role: 'organizer', width: 375, height: 760 });
  const at = await begin(page, demo);
  await page.goto(`${at}/report`);
  await page.locator('sb-offline[data-ready]').waitFor();
  await page.evaluate(async () => { await navigator.serviceWorker.ready; });
  for (const end = Date.now() + 15_000; !(await page.evaluate(async () => !!navigator.serviceWorker.controller && (await (await caches.open('sb-pages')).keys()).length >= 2));) {
    assert.ok(Date.now() < end, 'the pages are not kept');
    await new Promise((r) => setTimeout(r, 50));
  }
  await page.context().setOffline(true);
  for (const n of ['12', '9', '7']) {
    await page.goto(`${at}/report`);
    await page.locator('sb-offline[data-ready]').waitFor();
    await page.locator('label', { has: page.locator('input[name=format][value=paper]') }).click();
    await page.locator('input[name=heard]').fill(n);
    await page.locator('input[name=said_0]').fill('Rent goes up');
    await page.locator('input[name=said_n_0]').fill('6');
    await page.getByRole('button', { name: t('listening.file') }).click();
    await page.locator('.outbox-said').getByText(t('outbox.say.saved')).waitFor();
  }
  await page.context().setOffline(false);
  await page.goto('/outbox');
  await page.locator('sb-outbox .code').nth(2).waitFor();
  await page.goto(at);
  await page.getByText(t('campaign.of', { Now: '28', Of: '50' })).first().waitFor();
  await page.goto(`${at}/sessions`);
  assert.equal(await page.locator('section[aria-labelledby=done] tbody tr').count(), 3);
});

/** A small campaign that listens already. */
async function begin(page, demo) {
  await page.goto('/campaigns/new');
  await page.locator('input[name=name]').fill('Winter listening');
  await page.locator('input[name=starts]').fill(day(demo, 3));
  await page.locator('input[name=ends]').fill(day(demo, -40));
  await page.locator('input[name=people]').fill('50');
  await press(page, page.getByRole('button', { name: t('common.save') }));
  const at = new URL(page.url()).pathname.replace(/\/listeners$/, '');
  await page.locator('label', { has: page.locator('input[name=who]') }).first().click();
  await press(page, page.getByRole('button', { name: t('common.add') }).last());
  await page.goto(at);
  await press(page, page.getByRole('button', { name: t('campaign.move.open') }));
  return at;
}

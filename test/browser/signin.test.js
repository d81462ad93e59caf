// A clinic's first Monday: the guided first run with the token from the console,
// an administrator with password and one-time codes, a colleague by invitation
// with a passkey, and the list of sessions.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { journeys, startServe, say, sound } from './harness.js';

const journey = journeys({ begin: startServe });
const t = (key) => say('en', key);

/** RFC 6238 with SHA-1, six digits, thirty seconds; the page shows the secret in base32. */
function totp(secret, at = Date.now()) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret.toUpperCase().replace(/[^A-Z2-7]/g, '')].map((c) => alphabet.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30000)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const i = mac[19] & 15;
  return String((mac.readUInt32BE(i) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

const go = async (page, name = t('account.continue')) => page.getByRole('button', { name, exact: true }).first().click();
const heading = (page, key) => page.getByRole('heading', { level: 1, name: t(key), exact: true }).waitFor();
const password = 'two herons at the river';

journey('from an empty folder to a clinic with two people', async ({ demo: server, visit }) => {
  const token = server.output().match(/enter this token:\s+(\S+)/)[1];

  // Before there is a clinic, everything leads to the first run.
  const admin = await visit();
  await admin.goto('/');
  await admin.waitForURL('**/setup');
  await sound(admin, 'setup');
  await admin.locator('input[name=token]').fill('not the token');
  await go(admin);
  await admin.locator('#errors').waitFor();
  assert.equal(await admin.locator('input[name=token]').inputValue(), 'not the token', 'what was typed stays');
  await admin.locator('input[name=token]').fill(token);
  await go(admin);

  await heading(admin, 'account.clinic.title');
  await sound(admin, 'clinic');
  await admin.locator('input[name=clinic]').fill('Juniper Clinic');
  await admin.locator('input[name=site]').fill('Main house');
  await admin.locator('input[name=zone]').fill('America/Chicago');
  await go(admin);
  await heading(admin, 'account.person.title');
  await sound(admin, 'person');
  await admin.locator('input[name=name]').fill('Odile Marsh');
  await admin.locator('input[name=email]').fill('odile@juniper.example');
  await go(admin);
  await heading(admin, 'account.factor.title');
  await sound(admin, 'factor');
  await admin.locator('input[name=password]').fill('passwordpassword');
  await go(admin);
  await admin.locator('#errors').waitFor(); // a common password is refused in words
  await admin.locator('input[name=password]').fill(password);
  await go(admin);
  await heading(admin, 'account.app.title');
  await sound(admin, 'app');
  const secret = await admin.locator('#app-secret').textContent();
  await admin.locator('input[name=code]').fill('000000' === totp(secret) ? '111111' : '000000');
  await go(admin, t('account.app.go'));
  await admin.locator('#errors').waitFor();
  await admin.locator('input[name=code]').fill(totp(secret));
  await go(admin, t('account.app.go'));
  await heading(admin, 'account.codes.title');
  await sound(admin, 'recovery codes');
  const recovery = (await admin.locator('#codes .code').allInnerTexts())[0];
  await admin.getByRole('link', { name: t('account.codes.kept') }).click();
  await admin.goto('/account');
  await admin.getByText('odile@juniper.example').waitFor();
  await sound(admin, 'account');

  // The same address on another machine: password, then a code; a code opens once.
  const other = await visit();
  await other.goto('/sign-in');
  await sound(other, 'sign in');
  await other.locator('input[name=email]').fill('odile@juniper.example');
  await other.locator('input[name=password]').fill('wrong but long enough');
  await go(other, t('account.signin.go'));
  await other.locator('#errors').waitFor();
  await sound(other, 'sign in, wrong');
  await other.locator('input[name=password]').fill(password);
  await go(other, t('account.signin.go'));
  await heading(other, 'account.code.title');
  await sound(other, 'code');
  await other.locator('input[name=code]').fill(recovery);
  await go(other, t('account.signin.go'));
  await other.waitForURL((u) => !u.pathname.startsWith('/sign-in'));
  await other.goto('/account');
  await other.getByText('odile@juniper.example').waitFor();

  // She sees both, and ends the other one.
  await admin.goto('/account');
  const end = admin.locator('form[action^="/account/sessions/"][action$="/end"] button');
  assert.equal(await end.count(), 1, 'one other session');
  await end.click();
  await admin.waitForFunction(() => !document.querySelector('form[action$="/end"]'));
  await other.goto('/account');
  await other.waitForURL('**/sign-in**');

  // An invitation: looking at it uses nothing up; a passkey needs no password at all.
  await admin.goto('/accounts/invite');
  await sound(admin, 'invite');
  const role = admin.locator('label', { has: admin.locator('input[value=clinician]') });
  if (await role.count()) await role.first().click();
  else await admin.locator('select[name=role]').selectOption('clinician');
  await admin.locator('main form button.primary').click();
  const shown = admin.locator('main').getByText(/\/invite\//).first();
  await shown.waitFor();
  await sound(admin, 'invitation');
  const invite = (await shown.innerText()).match(/\/invite\/\S+/)[0];
  const guest = await visit();
  for (let n = 0; n < 3; n++) assert.equal((await guest.request.get(invite)).status(), 200);
  const device = await guest.context().newCDPSession(guest);
  await device.send('WebAuthn.enable');
  await device.send('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } });
  await guest.goto(invite);
  await sound(guest, 'invited');
  await guest.locator('input[name=name]').fill('Pell Andersen');
  await guest.locator('input[name=email]').fill('pell@juniper.example');
  await go(guest);
  await heading(guest, 'account.factor.title');
  await guest.getByRole('button', { name: t('account.factor.passkey.go') }).click();
  await guest.waitForURL((u) => !/enrol|invite/.test(u.pathname));
  await guest.goto('/account');
  await guest.getByText('pell@juniper.example').waitFor();
  await sound(guest, 'account with a passkey');
  assert.equal((await guest.request.get(invite)).status() >= 400 || !/name="email"/.test(await (await guest.request.get(invite)).text()), true, 'an invitation opens once');

  // Out, and in again with the passkey alone.
  await guest.locator('main form[action="/sign-out"] button').click();
  await guest.waitForURL((u) => u.pathname !== '/account');
  await guest.goto('/sign-in');
  await guest.getByRole('button', { name: t('account.signin.passkey') }).click();
  await guest.waitForURL((u) => u.pathname !== '/sign-in');
  await guest.goto('/account');
  await guest.getByText('pell@juniper.example').waitFor();

  assert.ok((await guest.request.get('/accounts')).status() >= 400, 'a clinician does not manage accounts');
}, 180_000);

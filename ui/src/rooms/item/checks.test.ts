import { describe, expect, it } from 'vitest';
import type { CertificateReading, ItemWire } from '../../host/contract.gen';
import { facet, itemOf } from '../test-host';
import { checksOf } from './checks';
import { lifetimeOf } from './lifetime';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const PIN = 'q1kxH0u0p7vJ0cC0cSx3v4y4m0o6m4x1vR3z5m1yQxU=';

function certificate(parts: Partial<CertificateReading> = {}): CertificateReading {
  return {
    subject: 'CN=leaf',
    issuer: 'CN=root',
    serial: '01',
    notBefore: '2026-05-06T00:00:00Z',
    notAfter: '2027-12-02T00:00:00Z',
    names: [],
    usages: [],
    isAuthority: false,
    algorithm: 'RSA 2048',
    signatureAlgorithm: 'SHA-256 with RSA',
    sha1: '',
    sha256: '',
    x5t: '',
    x5tS256: '',
    spkiPin: PIN,
    selfSigned: false,
    ...parts,
  };
}

function withCertificates(...certificates: CertificateReading[]): ItemWire {
  return itemOf({
    facets: [facet('certificate'), facet('key'), facet('secret', { access: { is: 'absent', because: '' } })],
    certificates,
    fingerprints: { spkiSha256: `SHA256:${PIN}`, spkiSha256Hex: '', opensshSha256: null, jwkThumbprint: null },
  });
}

const names = (item: ItemWire) => checksOf(item, NOW).map((check) => check.name);

describe('the checks of an item', () => {
  it('sees that certificate and key share one public key, and that they do not', () => {
    expect(names(withCertificates(certificate()))).toContain('one-public-key');
    expect(names(withCertificates(certificate({ spkiPin: 'other' })))).toContain('two-public-keys');
  });

  it('does not claim to have compared what could not be read', () => {
    const item = { ...withCertificates(certificate()), fingerprints: null };
    expect(checksOf(item, NOW).find((check) => check.name === 'public-key-not-compared')?.level).toBe('unknown');
    expect(names(item)).not.toContain('one-public-key');
  });

  it.each([
    ['2026-12-02T00:00:00Z', 'certificate-near-end'],
    ['2026-12-23T12:00:00Z', 'certificate-valid'],
    ['2026-11-23T12:00:00Z', 'certificate-ended'],
  ])('a certificate until %s is %s', (notAfter, name) => {
    expect(names(withCertificates(certificate({ notAfter })))).toContain(name);
  });

  it('says when a certificate has not begun', () => {
    expect(names(withCertificates(certificate({ notBefore: '2026-11-24T00:00:00Z' })))).toContain('certificate-not-begun');
  });

  it('finds a gap in the chain, and none where it is whole', () => {
    const root = certificate({ subject: 'CN=root' });
    expect(names(withCertificates(certificate(), root))).not.toContain('chain-broken');
    expect(names(withCertificates(certificate({ issuer: 'CN=else' }), root))).toContain('chain-broken');
  });

  it.each([
    ['sha1WithRSAEncryption', true],
    ['ECDSA with SHA-1', true],
    ['ECDSA with SHA-384', false],
    ['sha256WithRSAEncryption', false],
  ])('calls %s weak: %s', (signatureAlgorithm, weak) => {
    expect(names(withCertificates(certificate({ signatureAlgorithm }))).includes('weak-signature')).toBe(weak);
  });

  it('puts what needs attention first', () => {
    const levels = checksOf(withCertificates(certificate({ selfSigned: true })), NOW).map((check) => check.level);
    expect(levels).toEqual(['warn', 'ok', 'ok', 'unknown']);
  });
});

describe('the lifetime of an item', () => {
  it('is its certificate’s, with today between', () => {
    const life = lifetimeOf(withCertificates(certificate({ notBefore: '2026-11-13T12:00:00Z', notAfter: '2026-12-23T12:00:00Z' })), NOW);
    expect(life).toMatchObject({ begins: 'issued', passed: 0.25, phase: 'within' });
  });

  it('has ended, has not begun, or has no end', () => {
    const phase = (notBefore: string, notAfter: string) => lifetimeOf(withCertificates(certificate({ notBefore, notAfter })), NOW).phase;
    expect(phase('2025-01-01T00:00:00Z', '2026-01-01T00:00:00Z')).toBe('after');
    expect(phase('2027-01-01T00:00:00Z', '2028-01-01T00:00:00Z')).toBe('before');
    expect(lifetimeOf(itemOf(), NOW)).toMatchObject({ begins: 'created', passed: null, phase: 'open' });
  });
});

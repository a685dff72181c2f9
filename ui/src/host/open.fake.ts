// Opens the fake host, as the address asks: `?rows=10000&first&pace=200&theme=dark&compact&write=20&older=500&broken&keyless&proof=another&life=60`.
import { FakeHost } from './fake';
import type { Host } from './host';

export function openHost(): Host {
  const query = new URLSearchParams(location.search);
  const theme = query.get('theme');
  const proof = query.get('proof');
  return new FakeHost({
    rows: Number(query.get('rows') ?? 12),
    first: query.has('first'),
    pace: Number(query.get('pace') ?? 0),
    quarter: Number(query.get('write') ?? 900),
    older: Number(query.get('older') ?? 0),
    broken: query.has('broken'),
    keyless: query.has('keyless'),
    ...(proof === 'another' || proof === 'works' ? { proof } : {}),
    ...(query.has('life') ? { life: Number(query.get('life')) } : {}),
    preferences: {
      theme: theme === 'dark' || theme === 'light' ? theme : 'system',
      compact: query.has('compact'),
    },
  });
}

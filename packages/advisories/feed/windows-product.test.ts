import { expect, it } from 'vitest';
import { windowsProduct } from './windows-product.ts';

it.each([
  ['Windows 10 Version 22H2 for x64-based Systems', 'windows_10_22h2', 'x86_64'],
  ['Windows 10 for 32-bit Systems', 'windows_10_1507', 'i386'],
  ['Windows 11 version 21H2 for ARM64-based Systems', 'windows_11_21h2', 'aarch64'],
  ['Windows Server 2019  (Server Core installation)', 'windows_server_2019', null],
  ['Windows Server 2022, 23H2 Edition (Server Core installation)', 'windows_server_2022_23h2', null],
  ['Windows Server 2012 R2', 'windows_server_2012_r2', null],
  ['Windows Server, version 1909 (Server Core installation)', 'windows_server_1909', null],
  ['Windows Server 2008 for x64-based Systems Service Pack 2', 'windows_server_2008_sp2', 'x86_64'],
  ['Windows 8.1 for x64-based systems', 'windows_8.1', 'x86_64'],
  ['Windows Vista x64 Edition Service Pack 2', 'windows_vista_sp2', 'x86_64'],
  ['Microsoft Edge (Chromium-based)', 'microsoft_edge_chromium-based', null],
  ['.NET 8.0', '.net_8.0', null],
])('%s is %s', (title, name, architecture) => {
  expect(windowsProduct(title)).toEqual({ name, architecture });
});

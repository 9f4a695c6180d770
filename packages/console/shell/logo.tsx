/** A thimble, with its rim and dimples. */
export function Logo({ size = 26 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path
        fill="var(--mantine-color-thread-6)"
        d="M16 2c-5 0-8.300 3-8.900 7.600L5.200 25.200C5 27 9.500 30 16 30s11-3 10.800-4.800L24.900 9.600C24.300 5 21 2 16 2z"
      />
      <path
        fill="none"
        stroke="#fff"
        strokeWidth="1.8"
        strokeLinecap="round"
        d="M6.300 21.500c2 1.700 5.500 2.700 9.700 2.700s7.700-1 9.700-2.700"
      />
      <g fill="#fff">
        <circle cx="16" cy="7" r="1.3" />
        <circle cx="12" cy="10.5" r="1.3" />
        <circle cx="20" cy="10.5" r="1.3" />
        <circle cx="16" cy="13" r="1.3" />
        <circle cx="11.3" cy="16" r="1.3" />
        <circle cx="20.7" cy="16" r="1.3" />
        <circle cx="16" cy="18.8" r="1.3" />
      </g>
    </svg>
  );
}

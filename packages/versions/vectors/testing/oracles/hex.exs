parse = fn "v" <> text ->
  case Version.parse(text) do
    {:ok, version} -> version
    :error -> nil
  end
end

for line <- IO.stream(:stdio, :line) do
  [a, b] = line |> String.trim_trailing("\n") |> String.split("\t") |> Enum.map(parse)

  sign =
    if a == nil or b == nil,
      do: "?",
      else: %{lt: "<", eq: "=", gt: ">"}[Version.compare(a, b)]

  IO.puts(sign)
end

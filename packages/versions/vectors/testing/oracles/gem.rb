STDIN.set_encoding("UTF-8")
STDIN.each_line(chomp: true) do |line|
  a, b = line.split("\t", -1).map { |side| side[1..] }
  unless Gem::Version.correct?(a) && Gem::Version.correct?(b)
    puts "?"
    next
  end
  puts({ -1 => "<", 0 => "=", 1 => ">" }[Gem::Version.new(a) <=> Gem::Version.new(b)])
end

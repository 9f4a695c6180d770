parse <- function(text) {
  version <- suppressWarnings(numeric_version(text, strict = FALSE))
  if (length(unlist(version)) == 0 || anyNA(unlist(version))) NULL else version
}
input <- file("stdin")
lines <- readLines(input, encoding = "UTF-8")
close(input)
for (line in lines) {
  at <- regexpr("\t", line, fixed = TRUE)
  a <- parse(substr(line, 2, at - 1))
  b <- parse(substr(line, at + 2, nchar(line)))
  cat(if (is.null(a) || is.null(b)) "?" else if (a < b) "<" else if (a > b) ">" else "=", "\n", sep = "")
}

import Distribution.Parsec (simpleParsec)
import Distribution.Version (Version)
import System.IO

main :: IO ()
main = do
  hSetEncoding stdin utf8
  interact (unlines . map answer . lines)

answer :: String -> String
answer line = case (simpleParsec a, simpleParsec (drop 1 rest)) of
  (Just left, Just right) -> case compare (left :: Version) right of
    LT -> "<"
    EQ -> "="
    GT -> ">"
  _ -> "?"
  where
    (side, other) = break (== '\t') line
    a = drop 1 side
    rest = drop 1 other

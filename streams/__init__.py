"""From Article to TaggedArticle, CoverageItem and Alert: pure steps and their Faust agents."""

"""Two models whose weights come by pip alone, through everything that can be measured."""

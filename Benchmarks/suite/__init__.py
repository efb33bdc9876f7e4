"""The benchmark suite: peers (proxies), cases (what is measured), and what lies beneath them."""

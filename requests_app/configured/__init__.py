"""Types that an administrator configures: forms as JSON Schema, publishing, bundles, and what is shipped."""

DROP TABLE panel_nonces;
DROP TABLE panel_replacements;
DROP TABLE panel_draws;
DROP TABLE applications;
DROP TABLE panels;
